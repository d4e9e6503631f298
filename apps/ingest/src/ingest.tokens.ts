/** Injection tokens of what has no class. */
export const CHAIN_ID = Symbol('CHAIN_ID');
export const CLOCK = Symbol('CLOCK');
