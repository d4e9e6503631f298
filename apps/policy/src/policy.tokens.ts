/** Injection tokens of the ports that controllers read directly. */
export const PROJECTION = Symbol('PROJECTION');
export const LEDGER_SOURCE = Symbol('LEDGER_SOURCE');
export const CHAIN_ID = Symbol('CHAIN_ID');
