import {token} from '@vitalvault/http';

/** Injection tokens of what has no class. */
export const CHAIN_ID = token<string>('CHAIN_ID');
/** Unix milliseconds. */
export const CLOCK = token<() => number>('CLOCK');
