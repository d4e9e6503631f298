import {base58btc} from 'multiformats/bases/base58';
import type {Ed25519Key} from './node-keys.js';

/** A libp2p identity as kubo and IPFS Cluster write it into their configurations. */
export interface PeerIdentity {
  id: string;
  /** Base64 of libp2p's PrivateKey message. */
  privateKey: string;
}

/** @spec libp2p peer-ids: a short public key is wrapped whole into an identity multihash. */
export function peerIdentity(key: Ed25519Key): PeerIdentity {
  const publicMessage = Buffer.concat([Uint8Array.of(0x08, 0x01, 0x12, 0x20), key.publicKey]);
  const multihash = Buffer.concat([Uint8Array.of(0x00, publicMessage.length), publicMessage]);
  const privateMessage = Buffer.concat([Uint8Array.of(0x08, 0x01, 0x12, 0x40), key.secret]);
  return {id: base58btc.baseEncode(multihash), privateKey: privateMessage.toString('base64')};
}
