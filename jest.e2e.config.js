import preset from './jest.preset.js';

/** End-to-end specs: the whole platform with every real engine. */
export default {
  ...preset,
  displayName: 'e2e',
  testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'],
  setupFiles: ['<rootDir>/test/openapi/conform-to-documents.ts'],
  testTimeout: 300_000,
};
