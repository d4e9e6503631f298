import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {verifyConsistency} from './consistency.js';
import {joinHashes} from './joined-hashes.js';
import {verifyLeaves} from './verify-leaves.js';

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

/**
 * A path of RFC 9162 §2.1.3 from the leaf upwards, as our proof of one leaf has the same hashes: from left to right.
 * Which of them are at the left is known by RFC 9162 §2.1.3.2, steps 2 and 4; what is too much stays at the end.
 */
function leftToRight(path: Uint8Array[], index: bigint, size: bigint): Uint8Array {
  const [left, right]: Uint8Array[][] = [[], []];
  let [fn, sn] = [index, size - 1n];
  for (const hash of path) {
    const isLeft = (fn & 1n) === 1n || (fn === sn && fn !== 0n);
    if (isLeft) left?.unshift(hash);
    else right?.push(hash);
    while (isLeft && (fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return joinHashes([...(left ?? []), ...(right ?? [])]);
}

describe('published vectors of RFC 9162 (transparency-dev/merkle)', () => {
  const inclusion = load('inclusion');
  const consistency = load('consistency');

  test('all files are here', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98]);
  });

  test.each(inclusion)('inclusion/%s', (_name, vector) => {
    const proof = leftToRight((vector.proof ?? []).map(bytes), BigInt(vector.leafIdx), BigInt(vector.treeSize));
    const holds = verifyLeaves({
      leafHashes: [bytes(vector.leafHash)],
      indexes: [vector.leafIdx],
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
