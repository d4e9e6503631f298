import {LIMITS} from '@vitalvault/contracts';
import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import {Cast, READINGS_PER_RECORD} from '../ledger/cast.js';
import type {Row} from '../suite/row.js';

/** Of the lengths that stand before body and message. */
const GROWN_LENGTHS = 8;

/** Bytes in a block that CometBFT keeps for ever; what the ledger's own changelog adds is in row S. */
export const ROW_11: Row = {
  number: '11',
  title: 'bytes on the ledger for a reading, records of 64',
  arms: [
    {name: 'full transaction', unit: 'bytes/reading'},
    {name: 'one record', unit: 'bytes/reading'},
  ],
  claims: [
    {
      title: 'transaction as storage fills it ÷ readings in it',
      target: {atMost: 4},
      of: ({'full transaction': full = 0}) => full,
      whenMissed:
        'an entry is the header (owner, device, tag, release key, chain id: what the device signs and a verifier needs ' +
        'without asking anybody), three hashes of 32 bytes and a signature of 64. Only leaving chain id and owner out of ' +
        'the bytes while they stay signed, or more readings in a record, would bring it below 4.',
    },
    {title: 'transaction of one record ÷ its 64 readings', of: ({'one record': one = 0}) => one},
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
      ],
    };
  },
};
