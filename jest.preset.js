/** What every Jest run of the workspace shares: ES modules, SWC, sources instead of builds. */
if (
  !process.execArgv.includes('--experimental-vm-modules') &&
  !(process.env.NODE_OPTIONS ?? '').includes('--experimental-vm-modules')
) {
  throw new Error(
    'Run Jest through `make test-unit` or `npm run jest`: without --experimental-vm-modules specs would silently pass as CommonJS.',
  );
}

export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: {syntax: 'typescript', decorators: true},
          transform: {legacyDecorator: true, decoratorMetadata: true},
          keepClassNames: true,
        },
        module: {type: 'es6'},
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {'^(\\.{1,2}/.*)\\.js$': '$1'},
  testEnvironmentOptions: {customExportConditions: ['source', 'node', 'node-addons']},
  modulePathIgnorePatterns: ['/dist/', '/var/', '<rootDir>/test/canary/'],
};
