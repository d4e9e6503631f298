import {createHash} from 'node:crypto';

export interface Component {
  type: 'library' | 'application' | 'operating-system';
  'bom-ref': string;
  group?: string;
  name: string;
  version: string;
  purl: string;
  hashes?: {alg: 'SHA-256' | 'SHA-512' | 'SHA-1'; content: string}[];
  licenses?: ({license: {id: string} | {name: string}} | {expression: string})[];
  properties?: {name: string; value: string}[];
}

export interface Bom {
  bomFormat: 'CycloneDX';
  specVersion: '1.5';
  serialNumber: string;
  version: 1;
  metadata: {timestamp: string; component: {type: 'container'; 'bom-ref': string; name: string; version: string}};
  components: Component[];
}

export interface Subject {
  name: string;
  version: string;
  created: Date;
}

/**
 * A CycloneDX 1.5 document. The same contents give the same bytes: the serial number comes from the contents, the time
 * is the commit's.
 *
 * @throws Error if a component has no name, version or purl, or occurs twice
 */
export function makeBom(subject: Subject, components: readonly Component[]): Bom {
  const seen = new Set<string>();
  for (const c of components) {
    if (c.name === '' || c.version === '' || !/^pkg:[a-z]+\/.+@.+/.test(c.purl))
      throw new Error(`A component of ${subject.name} is not named: ${JSON.stringify(c)}`);
    if (seen.has(c['bom-ref'])) throw new Error(`${c['bom-ref']} is twice in the bill of materials of ${subject.name}`);
    seen.add(c['bom-ref']);
  }
  const sorted = [...components].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const timestamp = subject.created.toISOString();
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([subject.name, subject.version, timestamp, sorted]))}`,
    version: 1,
    metadata: {
      timestamp,
      component: {type: 'container', 'bom-ref': `image:${subject.name}`, name: subject.name, version: subject.version},
    },
    components: sorted,
  };
}

/** A version-8 (free form) UUID from the hash of a text. */
function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
