import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {
  ApiClient,
  HEART_RATE_SCHEMA,
  SdkError,
  VerifiedLedger,
  createPatientKeys,
  decodeEnrolmentRequest,
  enrolmentRequest,
  faultOfDataPoint,
  heartRateOf,
  heartRateReading,
  systemEnvironment,
} from '@vitalvault/sdk';
import type {PatientKeys, Reading} from '@vitalvault/sdk';

/** What a phone does without a platform; and what it says when there is none. */
export async function useSdk(): Promise<string> {
  const {random} = systemEnvironment();
  const keys: PatientKeys = createPatientKeys(random);
  assert.deepEqual(decodeEnrolmentRequest(enrolmentRequest(keys)).signingKey?.publicKey.length, 33);
  const reading: Reading = heartRateReading({timeMs: Date.UTC(2026, 0, 1), beatsPerMinute: 61}, 0, random);
  assert.equal(heartRateOf(reading.text).beatsPerMinute, 61);
  assert.equal(faultOfDataPoint(HEART_RATE_SCHEMA, reading.text), undefined);

  const nobody = 'http://127.0.0.1:9';
  const endpoints = {ingest: nobody, policy: nobody, storage: nobody, notify: nobody};
  const [organisation, genesis] = ['ab'.repeat(20), readFileSync('genesis.json', 'utf8')];
  const ledger = new VerifiedLedger({api: new ApiClient({endpoints, organisation}), genesis});
  const alone = new VerifiedLedger({api: new ApiClient({endpoints, organisation, attempts: 1}), genesis});
  assert.equal(ledger.chainId, alone.chainId);
  await assert.rejects(alone.head(), (error) => error instanceof SdkError && error.code === 'network');
  return 'sdk: keys, an enrolment, a checked reading; and a platform that is away is named';
}
