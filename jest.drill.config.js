import preset from './jest.preset.js';

/** Drills: four validators on real CometBFT under faults and lies. `make drill-ledger`. */
export default {
  ...preset,
  displayName: 'drill',
  testMatch: ['<rootDir>/test/drill/**/*.drill-spec.ts'],
  testTimeout: 300_000,
};
