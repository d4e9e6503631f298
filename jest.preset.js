import {SWC_OPTIONS} from './tools/swc-options.ts';

/** What every Jest run of the workspace shares: ES modules, SWC, sources instead of builds. */
if (
  !process.execArgv.includes('--experimental-vm-modules') &&
  !(process.env.NODE_OPTIONS ?? '').includes('--experimental-vm-modules')
) {
  throw new Error(
    'Run Jest with `npm run jest -- <paths>`: without --experimental-vm-modules specs would silently pass as CommonJS.',
  );
}

export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // A log field, span attribute or id that may not be told fails a spec (libs/process/src/telling).
  globals: {vvUntoldThrows: true},
  extensionsToTreatAsEsm: ['.ts'],
  transform: {'^.+\\.ts$': ['@swc/jest', {...SWC_OPTIONS, module: {type: 'es6'}, sourceMaps: 'inline'}]},
  moduleNameMapper: {'^(\\.{1,2}/.*)\\.js$': '$1'},
  testEnvironmentOptions: {customExportConditions: ['source', 'node', 'node-addons']},
  modulePathIgnorePatterns: ['/dist/', '/var/', '<rootDir>/test/canary/'],
};
