import {token} from '../compose/provide.js';

/** Who signed a request. */
export interface Caller {
  /** Hexadecimal id of the key. */
  readonly keyId: string;
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
  /** Hexadecimal id of the identity that the key belongs to. */
  readonly identity: string;
  readonly kind: 'organisation' | 'member' | 'patient' | 'device';
}

/** Whose current ledger key it is. */
export interface KeyResolver {
  resolve(keyId: string): Promise<Caller | undefined>;
}

/** Nonces of requests, remembered over restarts. */
export interface NonceMemory {
  /** @returns false when the key has used that nonce already. @param untilSeconds Unix seconds */
  remember(keyId: string, nonce: string, untilSeconds: number): Promise<boolean>;
}

/** Injection tokens of the guard. */
export const KEY_RESOLVER = token<KeyResolver>('KEY_RESOLVER');
export const NONCE_MEMORY = token<NonceMemory>('NONCE_MEMORY');
/** Hexadecimal id of the organisation that this process serves. */
export const ORGANISATION = token<string>('ORGANISATION');
