import {randomBytes} from 'node:crypto';
import {generateEd25519} from './node-keys.js';
import {peerIdentity} from './peer-identity.js';
import type {PeerIdentity} from './peer-identity.js';

/** Identities of all IPFS peers and the secrets of the private swarm and of the cluster. */
export interface IpfsIdentities {
  /** 64 hex digits. */
  swarmSecret: string;
  clusterSecret: string;
  kubo: PeerIdentity[];
  cluster: PeerIdentity[];
}

export function newIpfsIdentities(peers: number): IpfsIdentities {
  const identities = () => Array.from({length: peers}, () => peerIdentity(generateEd25519()));
  const secret = () => randomBytes(32).toString('hex');
  return {swarmSecret: secret(), clusterSecret: secret(), kubo: identities(), cluster: identities()};
}
