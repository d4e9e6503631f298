/**
 * Whether a compiled file of our own belongs into the image: no source maps (they carry the sources), nothing that only
 * tests load.
 *
 * @param path inside `dist`, e.g. `testing/people.js`
 */
export function isShipped(path: string): boolean {
  return (
    path.endsWith('.js') && !/(^|\/)testing\//.test(path) && !/\.(spec|int-spec|e2e-spec|contract)\.js$/.test(path)
  );
}

/** Workspace libraries that the text of a compiled module imports, e.g. `libs/sdk` for `@vitalvault/sdk/gen/x`. */
export function importedLibraries(code: string): string[] {
  return [...code.matchAll(/['"]@vitalvault\/([a-z0-9-]+)(?:\/[^'"]*)?['"]/g)].map((match) => `libs/${match[1] ?? ''}`);
}
