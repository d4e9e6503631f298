/**
 * Result codes of the ledger: consensus data (they are hashed into LastResultsHash), so this table is append-only and a
 * golden test freezes it. docs/protocol.md §4 says when each is given.
 */
export const CODE = {
  ok: 0,
  internal: 1,
  // common: structure and signatures (no state needed)
  undecodable: 2,
  tooLarge: 3,
  wrongVersion: 4,
  wrongChain: 5,
  invalidField: 6,
  wrongSigners: 7,
  badSignature: 8,
  // common: against the state
  expired: 20,
  expiryTooFar: 21,
  unknownKey: 22,
  nonceUsed: 23,
  nonceTooFar: 24,
  quota: 25,
  notAuthorised: 26,
  stateFull: 27,
  ceiling: 28,
  // identities
  exists: 40,
  unknownIdentity: 41,
  suspended: 42,
  keyTaken: 43,
  keySuccession: 44,
  // epochs
  epochOrder: 60,
  epochSlot: 61,
  epochSignature: 62,
  epochKey: 63,
  // devices
  unknownDevice: 80,
  deviceTaken: 81,
  deviceRemoved: 82,
  // grants
  grantVersion: 100,
  grantRevoked: 101,
  unknownGrantee: 102,
  // anchor entries
  entryUndecodable: 120,
  entrySignature: 121,
  entryDuplicate: 122,
  entryWindow: 123,
  entryFutureSlot: 124,
  entryTag: 125,
  entryEpoch: 126,
  entryReleaseKey: 127,
  entryQuota: 128,
  entrySlot: 129,
  entryForgotten: 130,
} as const;
export type CodeName = keyof typeof CODE;
export type Code = (typeof CODE)[CodeName];

/**
 * Whether the ledger gave a transaction up before it had read it. With any other code it understood the bytes, and so
 * must whoever follows its blocks: one that cannot is older than the validators, and stops rather than skips.
 */
export const isUnread = (code: number): boolean => code === CODE.undecodable || code === CODE.tooLarge;

const names = new Map<number, CodeName>(Object.entries(CODE).map(([name, code]) => [code, name as CodeName]));

/** Name of a code, for people. */
export function codeName(code: number): string {
  return names.get(code) ?? `code-${code}`;
}

/** Whether this version knows what a code means. Whoever acts on one that it does not know acts on a guess. */
export const isCode = (code: number): boolean => names.has(code);

/** Refusals of an anchor entry after which storage tries again; every other one is final (docs/protocol.md §3.6). */
export const TRANSIENT_ENTRY_CODES: ReadonlySet<number> = new Set([
  CODE.entryWindow,
  CODE.entryFutureSlot,
  CODE.entryQuota,
  CODE.stateFull,
]);

/**
 * Refusals of a whole AnchorRecords that say nothing of its entries: storage sends the same bytes later, and when a
 * block has them, the same entries in others (docs/protocol.md §4.3).
 */
export const TRANSIENT_ANCHOR_CODES: ReadonlySet<number> = new Set([CODE.quota]);

/** ABCI codespace of a code. */
export function codespace(code: number): string {
  if (code < 20) return 'tx';
  if (code < 40) return 'common';
  if (code < 60) return 'identity';
  if (code < 80) return 'epoch';
  if (code < 100) return 'device';
  if (code < 120) return 'grant';
  return 'anchor';
}
