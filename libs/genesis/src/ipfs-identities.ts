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

/** What `newIpfsIdentities` made, from its JSON; undefined when the text is none. */
export function parseIpfsIdentities(text: string): IpfsIdentities | undefined {
  // The parser's own error quotes the text, and the text is a secret.
  try {
    const found = JSON.parse(text) as Partial<IpfsIdentities> | null;
    return found?.swarmSecret !== undefined && found.clusterSecret !== undefined && found.kubo && found.cluster
      ? (found as IpfsIdentities)
      : undefined;
  } catch {
    return undefined;
  }
}

export function newIpfsIdentities(peers: number): IpfsIdentities {
  const identities = () => Array.from({length: peers}, () => peerIdentity(generateEd25519()));
  const secret = () => randomBytes(32).toString('hex');
  return {swarmSecret: secret(), clusterSecret: secret(), kubo: identities(), cluster: identities()};
}

/** The same swarm with so many peers; those that are there stay what they are. */
export function moreIpfsIdentities(identities: IpfsIdentities, peers: number): IpfsIdentities {
  const more = newIpfsIdentities(peers);
  return {
    ...identities,
    kubo: [...identities.kubo, ...more.kubo.slice(identities.kubo.length)],
    cluster: [...identities.cluster, ...more.cluster.slice(identities.cluster.length)],
  };
}
