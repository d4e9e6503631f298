import {expect, jest, test} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {
  enrolPatient,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
  withPart,
} from '@vitalvault/ledger-state/testing';
import {startMetrics} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import {metricSamples} from '@vitalvault/testkit';
import type {Ledger} from './ledger.js';
import {watchRoom} from './watch-room.js';

const [hospital, clinic] = [testOrganisation('hospital'), testOrganisation('clinic')];

test('who comes near the end of its part is named once, before anybody is refused; promised keys count', () => {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic']));
  withPart(ledger.state, {keys: 300n, leaves: 1_000n});
  const warn = jest.fn<Logger['warn']>();
  const check = watchRoom({state: ledger.state as unknown as Ledger['state']}, {warn} as unknown as Logger);
  const enrol = (by: typeof hospital, name: string): number => {
    const [patient, recovery] = [testKey(name), testKey(`${name} recovery`)];
    const {code} = ledger.run(enrolPatient(patient, recovery), [by.sponsor, patient, recovery]);
    check();
    return code;
  };
  expect(enrol(clinic, 'of the clinic')).toBe(0);
  // 2 and 19 for each patient: 192 with ten, 211 with eleven, which are more than bulk may have.
  for (let i = 0; i < 10; i++) {
    expect(warn).not.toHaveBeenCalled();
    expect(enrol(hospital, `patient ${String(i)}`)).toBe(0);
    if (i === 8) withPart(ledger.state, {keys: 285n, leaves: 1_000n});
  }
  expect(enrol(hospital, 'one more')).not.toBe(0);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringContaining('near the end of its part'),
      {organisation: toHex(hospital.id), part: '192 of 285 keys, 10 of 1000 leaves'},
    ],
  ]);
});

test('a chain that began in this process is told too: its state is another one than before', async () => {
  const metrics = startMetrics({service: 'spec'});
  const watched = {state: new TestLedger(testGenesis(['clinic'])).state as unknown as Ledger['state']};
  watchRoom(watched, {warn: () => undefined} as unknown as Logger);
  watched.state = new TestLedger(testGenesis(['hospital', 'clinic'])).state as unknown as Ledger['state'];
  expect(await metricSamples(metrics, 'vitalvault_ledger_keys')).toHaveLength(2);
  await metrics.shutdown();
});
