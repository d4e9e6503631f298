import {fromDecimal, toHex} from '@vitalvault/contracts';
import {SLOTS, load, parametersOf, tokensLeft} from '@vitalvault/ledger-state';
import type {TestLedger} from '@vitalvault/ledger-state/testing';
import {roomOf} from '../../apps/storage/src/domain/entry-limits.js';
import type {BucketOwner} from '../../apps/storage/src/domain/entry-limits.js';
import {CAST, registrationOf} from './cast.js';
import type {FollowedStorage} from './followed-storage.js';

const number = (n: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
};

/** storage's windows and buckets are the ledger's own: what it holds back, the ledger would refuse. */
export async function compareLimits(ledger: TestLedger, {database}: FollowedStorage): Promise<void> {
  const rows = new Map(
    (await database.registration.findMany()).map((row) => [`${row.device}/${String(row.registration)}`, row]),
  );
  for (const device of CAST.devices)
    for (let n = 1; n <= registrationOf(ledger, device); n++)
      expect(heldOf(rows.get(`${toHex(device.id)}/${String(n)}`))).toEqual(windowOf(ledger, device, n));
  const stored = new Map(
    (await database.entryBucket.findMany()).map(({kind, owner, ...tokens}) => [`${kind}/${owner}`, tokens]),
  );
  const {state, block} = ledger;
  const parameters = parametersOf(state);
  const left = (kind: BucketOwner, owner: string, {id}: {readonly id: Uint8Array}): void => {
    const found = roomOf(stored.get(`${kind}/${owner}`), {of: kind, underWay: 0, parameters}, block.time);
    expect([kind, owner, found]).toEqual([
      kind,
      owner,
      Number(tokensLeft(state, {bucket: `${kind}Entries`, identities: [id]}, {parameters, block})),
    ]);
  };
  for (const device of CAST.devices) left('device', toHex(device.id), device);
  for (const patient of CAST.patients) left('owner', toHex(patient.id), patient);
  left('organisation', '', CAST.hospital);
}

interface Held {
  readonly lowestOpen: Parameters<typeof fromDecimal>[0];
  readonly taken: Uint8Array;
  readonly removedAtHeight: bigint | null;
  readonly removedAtTime: bigint | null;
}

// Of a registration without a number yet there may be no row, and there is no window.
const NONE = {base: 1n, bitmap: new Uint8Array(128), removedAtHeight: 0n, removedAtTime: 0n};

function heldOf(row: Held | undefined): unknown[] {
  const {removedAtHeight, removedAtTime} = row ?? NONE;
  const taken = row?.taken ?? NONE.bitmap;
  return [
    row === undefined ? 1n : fromDecimal(row.lowestOpen),
    toHex(taken),
    removedAtHeight ?? 0n,
    removedAtTime ?? 0n,
  ];
}

function windowOf({state}: TestLedger, {id}: {readonly id: Uint8Array}, n: number): unknown[] {
  const window = load(state, SLOTS.sequenceWindow, [id, number(n)]) ?? NONE;
  const {removedAtHeight, removedAtTime} = load(state, SLOTS.registration, [id, number(n)]) ?? NONE;
  return [window.base, toHex(window.bitmap), removedAtHeight, removedAtTime];
}
