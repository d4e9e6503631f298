import {sha256Of, toHex} from '@vitalvault/contracts';
import type {Organisation} from './organisation-keys.js';
import type {GenesisValidator} from './render-genesis.js';

const DIGITS = 8;

/** What makes a chain this one and no other. */
export interface ChainOrigin {
  /** What people call the chain; at most 41 characters. */
  readonly name: string;
  readonly genesisTime: string;
  readonly organisations: readonly Organisation[];
  readonly validators: readonly GenesisValidator[];
}

/**
 * The chain id of a consortium: its name, a hyphen, and hex digits of a hash over organisations, validators and genesis
 * time. Signatures and requests name the chain id, so that none of one consortium means anything in another that chose
 * the same name.
 */
export function uniqueChainId({name, genesisTime, organisations, validators}: ChainOrigin): string {
  const parts = [
    genesisTime,
    ...organisations.map(({id}) => id).toSorted(),
    ...validators.map(({publicKey, nodeId}) => `${toHex(publicKey)} ${nodeId}`).toSorted(),
  ];
  return `${name}-${toHex(sha256Of(new TextEncoder().encode(parts.join('\n')))).slice(0, DIGITS)}`;
}

/** Whether a chain id is this name, or was made of it by `uniqueChainId`. */
export function isChainOf(name: string, chainId: string): boolean {
  return chainId === name || (chainId.startsWith(`${name}-`) && /^[0-9a-f]{8}$/.test(chainId.slice(name.length + 1)));
}
