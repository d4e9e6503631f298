import preset from './jest.preset.js';

/** Unit specs: no network, no clock, no engines. */
export default {
  ...preset,
  displayName: 'unit',
  testMatch: [
    '<rootDir>/{apps,libs,tools,engines}/**/*.spec.ts',
    '<rootDir>/bench/src/**/*.spec.ts',
    '<rootDir>/test/unit/**/*.spec.ts',
    '<rootDir>/test/{fuzz,k8s,story}/**/*.spec.ts',
  ],
  testTimeout: 20_000,
};
