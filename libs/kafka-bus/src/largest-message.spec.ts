import {LIMITS, encodeCanonical} from '@vitalvault/contracts';
import {AlertSchema, LedgerEventSchema, RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {kafkaConfig} from '@vitalvault/engine-config';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {MAX_REQUEST_BYTES, bytesOf} from './portions.js';

const filled = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);
const id = filled(32);
const tx = filled(LIMITS.txBytes);
const most = 2n ** 64n - 1n;
/** A leaf says what its transaction says, beside a few ids and times. */
const leaf = filled(LIMITS.txBytes + 1_024);

const LARGEST: readonly (readonly [string, Uint8Array])[] = [
  [
    'a ledger event',
    encodeCanonical(LedgerEventSchema, {
      ...{height: most, index: 0xffffffff, txId: id, txHash: id, blockTime: most, patient: filled(20)},
      ...{accessLeaf: leaf, body: tx, data: tx},
    }),
  ],
  [
    'a record that was accepted',
    encodeCanonical(RecordAcceptedSchema, {
      record: {
        header: filled(LIMITS.headerBytes),
        ciphertext: filled(LIMITS.recordCiphertextBytes),
        sealedKey: filled(LIMITS.sealedKeyBytes),
        innerKeyHash: id,
        signature: filled(64),
      },
      receipt: {accepted: filled(LIMITS.chainIdLength + 256)},
      acceptedAtMs: most,
    }),
  ],
  [
    'an alert',
    // A request is a part of a transaction.
    encodeCanonical(AlertSchema, {alertId: id, patient: filled(20), subject: id, reader: tx, organisation: filled(20)}),
  ],
];

/** Of a batch of Kafka's, beside its messages. */
const BATCH_BYTES = 61;
const chart = join(import.meta.dirname, '..', '..', '..', 'deploy', 'helm', 'vitalvault');
const OURS: readonly (readonly [string, string])[] = [
  ['the launcher', kafkaConfig({broker: '', controller: '', advertised: {broker: '', controller: ''}, directory: ''})],
  ['the chart, one broker', readFileSync(join(chart, 'files', 'kafka.properties'), 'utf8')],
  ['the chart, Strimzi', readFileSync(join(chart, 'templates', 'kafka-strimzi.yaml'), 'utf8')],
];

it.each(LARGEST)('%s as large as our limits let it be goes in one request', (_what, value) => {
  expect(bytesOf([{value}])).toBeLessThanOrEqual(MAX_REQUEST_BYTES);
});

it.each(OURS)('the Kafka of %s takes one request of ours as one batch', (_whose, text) => {
  const [, bytes = '0'] = /message\.max\.bytes\s*[=:]\s*(\d+)/.exec(text) ?? [];
  expect(MAX_REQUEST_BYTES + BATCH_BYTES).toBeLessThanOrEqual(Number(bytes));
});
