import preset from './jest.preset.js';

/** Integration specs: one part of ours with the real engines it speaks to, started by libs/testkit. */
export default {
  ...preset,
  displayName: 'integration',
  testMatch: ['<rootDir>/{apps,libs,engines}/**/*.int-spec.ts'],
  setupFiles: ['<rootDir>/test/openapi/conform-to-documents.ts'],
  testTimeout: 180_000,
};
