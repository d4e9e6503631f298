import {decodeCanonical, encodeCanonical, LIMITS} from '@vitalvault/contracts';
import {AnchorEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {RecordEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import {Cast, READINGS_PER_RECORD} from '../ledger/cast.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

/** Of the lengths that stand before body and message. */
const GROWN_LENGTHS = 8;

/** Bytes in a block that CometBFT keeps for ever; what the ledger's own changelog adds is in row S. */
export const ROW_11: Row = {
  number: '11',
  title: 'bytes on the ledger for a reading, records of 64',
  arms: arms('bytes/reading', 'full transaction', 'one record'),
  claims: [
    {
      title: 'transaction as storage fills it ÷ readings in it',
      target: {atMost: 4},
      of: ({'full transaction': full = NaN}) => full,
      whenMissed:
        'the bytes of a record are listed below. Signature and three hashes alone are 2.6 a reading. Below 4 come entries ' +
        'without what the ledger knows or could be told once for all of them, and which it would put back before it ' +
        'checks the signature: chain id, owner (the registration names it), release key. A leaf would then differ from ' +
        'the entry that made it, and who reads blocks needs the state to check them (ADR 0002 has the opposite). ' +
        'Deflate would do as much, but two packings of one transaction would be two transactions.',
    },
    {title: 'transaction of one record ÷ its 64 readings', of: ({'one record': one = NaN}) => one},
  ],
  rounds: {full: 1, quick: 1},
  setup: () => {
    const cast = new Cast(1, TEST_TIME);
    const [first, second] = [cast.anchor(1).length, cast.anchor(2).length];
    const room = 1 + Math.floor((LIMITS.txBytes - first - GROWN_LENGTHS) / (second - first));
    const records = Math.min(room, LIMITS.anchorEntries);
    const bytes = {full: cast.anchor(records).length, one: first};
    return {
      sample: (arm) => (arm === 'one record' ? bytes.one : bytes.full / records) / READINGS_PER_RECORD,
      facts: () => [
        {title: 'records in a full transaction', value: `${String(records)}, ${String(bytes.full)} bytes`},
        {title: 'bytes for a record', value: (bytes.full / records).toFixed(1)},
        {title: 'of these, field by field with tag and length', value: fieldsOf(cast.record())},
      ],
    };
  },
};

/** What each field of an entry takes, and what is left for the frames around it. */
function fieldsOf(entry: ReturnType<Cast['record']>): string {
  const whole = encodeCanonical(AnchorEntrySchema, entry).length;
  if (entry.entry.case !== 'record') throw new Error('no record');
  const {header, ...others} = entry.entry.value as RecordEntry;
  const parts = [...lengths(decodeCanonical(RecordHeaderSchema, header)), ...lengths(others)];
  const named = parts.map(([name, bytes]) => `${name} ${String(bytes)}`).join(', ');
  return `${named}, frames ${String(whole - parts.reduce((sum, [, bytes]) => sum + bytes, 0))}`;
}

function lengths(message: object): [string, number][] {
  return Object.entries(message).flatMap(([name, value]: [string, unknown]): [string, number][] => {
    const bytes = lengthOf(value);
    return name.startsWith('$') || bytes === 0 ? [] : [[name, bytes]];
  });
}

// A tag has one byte, and so has a length: none of them is above 127.
function lengthOf(value: unknown): number {
  if (value instanceof Uint8Array || typeof value === 'string') return value.length === 0 ? 0 : 2 + value.length;
  let bytes = 1;
  for (let rest = BigInt(value as number); rest > 0n; rest >>= 7n) bytes++;
  return bytes === 1 ? 0 : bytes;
}
