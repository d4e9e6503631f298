import {decodeCanonical, sha256Of} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {checkStructure} from '@vitalvault/ledger-state';
import {
  anchorRecords,
  PEOPLE,
  recordEntry,
  signedBody,
  TestLedger,
  testOrganisation,
  TEST_CHAIN,
} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const GOOD = 'a good one';
const TIMES = 20;
const {patient, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const BYTES = 63_000;
const repeated = (...pattern: number[]): Uint8Array =>
  Uint8Array.from({length: BYTES - (BYTES % pattern.length)}, (_, i) => pattern[i % pattern.length] as number);
const lengthOf = (bytes: Uint8Array): number[] => [
  (bytes.length % 128) + 128,
  ((bytes.length >> 7) % 128) + 128,
  bytes.length >> 14,
];
/** A Tx of this body with one signature by a made-up key. */
const signed = (body: Uint8Array): Uint8Array => signedBody(body, [patient]);
const inside = (tag: readonly number[], bytes: Uint8Array): Uint8Array =>
  Uint8Array.of(...tag, ...lengthOf(bytes), ...bytes);

/** Nobody has to be anybody to send these. Field 11 of a Body is PublishKeys, 17 is AnchorRecords. */
const HOSTILE: Readonly<Record<string, Uint8Array>> = {
  'signatures of nothing': repeated(0x12, 0),
  'signatures with empty keys': repeated(0x12, 2, 0x12, 0),
  'one message again and again': signed(repeated(0x5a, 0)),
  'fields that nobody knows': signed(repeated(0xf8, 7, 1)),
  'statements of nothing': signed(inside([0x5a], repeated(0x22, 0))),
  'entries of nothing': signed(inside([0x8a, 1], repeated(0x0a, 0))),
};

/**
 * What CheckTx spends on 64 KB that no rule takes, beside a good transaction of that size: structure and signatures.
 */
export const ROW_COSTS: Row = {
  number: 'costs',
  title: 'an unsigned transaction, before it is refused',
  arms: arms('ms', GOOD, ...Object.keys(HOSTILE)),
  claims: Object.keys(HOSTILE).map((name) => ({
    title: `${name} ÷ ${GOOD}`,
    target: {atMost: 10},
    of: quotient(name, GOOD),
  })),
  rounds: {full: 21, quick: 7},
  setup: () => {
    const ports = {verify: nativeVerify(), sha256: sha256Of};
    const txs: Readonly<Record<string, Uint8Array>> = {[GOOD]: largest(), ...HOSTILE};
    return {
      sample: (arm) => {
        const tx = txs[arm] ?? new Uint8Array();
        const start = performance.now();
        for (let i = 0; i < TIMES; i++)
          if (checkStructure(tx, TEST_CHAIN, ports).ok !== (arm === GOOD)) throw new Error(`${arm} is judged wrongly`);
        return (performance.now() - start) / TIMES;
      },
      facts: () => [{title: 'bytes of a good one', value: String(txs[GOOD]?.length)}],
    };
  },
};

/** As many entries as go into a transaction. */
function largest(): Uint8Array {
  const entry = recordEntry({patient, device, custodian: hospital});
  const tx = (count: number): Uint8Array =>
    new TestLedger().tx(anchorRecords(Array.from({length: count}, () => entry)), [hospital.storage]);
  for (let count = 200; ; count--) {
    const made = tx(count);
    if (made.length <= 65_536 && decodeCanonical(TxSchema, made).signatures.length === 1) return made;
  }
}
