import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {verifyConsistency} from './consistency.js';
import {verifyInclusion} from './inclusion.js';

const folder = join(import.meta.dirname, '../../../test/vectors/published/rfc9162');

interface Vector {
  wantErr: boolean;
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
}

// Indexes in the files go up to 2^64 - 1: numbers of JSON would lose digits.
function load(kind: string): [string, Vector][] {
  const names = readdirSync(join(folder, kind), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.json'))
    .sort();
  return names.map((name) => [
    name,
    JSON.parse(readFileSync(join(folder, kind, name), 'utf8'), (_key, value: unknown, context?: {source: string}) =>
      typeof value === 'number' ? BigInt(context?.source ?? value) : value,
    ) as Vector,
  ]);
}
const bytes = (base64: string | null | undefined): Uint8Array => new Uint8Array(Buffer.from(base64 ?? '', 'base64'));

describe('published vectors of RFC 9162 (transparency-dev/merkle)', () => {
  const inclusion = load('inclusion');
  const consistency = load('consistency');

  test('all files are here', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98]);
  });

  test.each(inclusion)('inclusion/%s', (_name, vector) => {
    const proof = (vector.proof ?? []).map(bytes);
    const holds = verifyInclusion({
      leafHash: bytes(vector.leafHash),
      index: vector.leafIdx,
      size: vector.treeSize,
      proof,
      root: bytes(vector.root),
    });
    expect(holds).toBe(!vector.wantErr);
  });

  test.each(consistency)('consistency/%s', (_name, vector) => {
    const proof = (vector.proof ?? []).map(bytes);
    const holds = verifyConsistency({
      size1: vector.size1,
      size2: vector.size2,
      root1: bytes(vector.root1),
      root2: bytes(vector.root2),
      proof,
    });
    expect(holds).toBe(!vector.wantErr);
  });
});
