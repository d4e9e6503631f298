import preset from './jest.preset.js';

/**
 * Integration specs: one part of ours, or those that follow one chain, with the real engines, started by
 * libs/testkit.
 */
export default {
  ...preset,
  displayName: 'integration',
  testMatch: ['<rootDir>/{apps,libs,engines}/**/*.int-spec.ts', '<rootDir>/test/followers/*.int-spec.ts'],
  setupFiles: ['<rootDir>/test/openapi/conform-to-documents.ts'],
  testTimeout: 180_000,
};
