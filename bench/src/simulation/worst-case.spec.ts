import {expect, test} from '@jest/globals';
import {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';
import {worstCase} from './worst-case.js';

test('ten years of everybody at her worst fit into a validator of the defaults, and a log can still be read', () => {
  const {memoryMiB, diskGiB, refusedLeaves, logMiB} = worstCase(DEFAULT_PARAMETERS, 10, 4);
  expect(memoryMiB).toBeLessThan(448);
  expect(diskGiB).toBeLessThan(10);
  expect(refusedLeaves).toBeLessThan(150_000);
  expect(logMiB).toBeLessThan(50);
});
