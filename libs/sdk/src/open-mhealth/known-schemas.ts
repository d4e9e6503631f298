import {sha256Of, taggedHash} from '@vitalvault/contracts';
import {heartRateOf, isPlausibleRate} from './heart-rate.js';
import {SCHEMA_FILES} from './schema-files.js';

/** A schema that payloads may be of. */
export interface KnownSchema {
  /** For example "omh:heart-rate:2.0". */
  id: string;
  /** Without version: what type tags are made of. */
  name: string;
  /** Its own file. */
  file: string;
  /** T("schema", …) over the closure of its references; 32 bytes. */
  hash: Uint8Array;
  /** Whether somebody could have such a value; of a data point that is valid by the schema. */
  isPlausible: (text: string) => boolean;
}

// The repository has the newest 1.y under the name 1.x; references use that name, the hash covers the file meant.
const LATEST: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(SCHEMA_FILES).map((file) => [file.replace(/-(\d+)\.\d+\.json$/, '-$1.x.json'), file]),
);

/** File that a `$ref` means. */
export function fileOf(reference: string): string {
  const [name = ''] = reference.split('#');
  return LATEST[name] ?? name;
}

/** Names of a schema's file and of all files that its references reach, ascending. */
export function closureOf(file: string): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const [, reference = ''] of textOf(name).matchAll(/"\$ref"\s*:\s*"([^"#][^"]*)"/g)) visit(fileOf(reference));
  };
  visit(file);
  return [...found].sort();
}

/** @spec docs/protocol.md §3.4 */
export function schemaHash(file: string): Uint8Array {
  const encoder = new TextEncoder();
  return taggedHash(
    'schema',
    ...closureOf(file).flatMap((name) => {
      const bytes = encoder.encode(name);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes, sha256Of(encoder.encode(textOf(name)))];
    }),
  );
}

function textOf(file: string): string {
  const text = SCHEMA_FILES[file];
  if (text === undefined) throw new RangeError(`no schema file ${file}`);
  return text;
}

const SCHEMAS = new Map([
  known('omh:heart-rate:2.0', 'heart-rate-2.0.json', (text) => isPlausibleRate(heartRateOf(text).beatsPerMinute)),
]);

function known(id: string, file: string, isPlausible: KnownSchema['isPlausible']): [string, KnownSchema] {
  return [id, {id, name: id.slice(0, id.lastIndexOf(':')), file, hash: schemaHash(file), isPlausible}];
}

/** The schema with this id, if this version of the SDK knows it. */
export function schemaById(id: string): KnownSchema | undefined {
  return SCHEMAS.get(id);
}

/** The newest known schema of a type. */
export function schemaByName(name: string): KnownSchema | undefined {
  return [...SCHEMAS.values()].findLast((schema) => schema.name === name);
}
