import {randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {deflateRawSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib';
import fc from 'fast-check';
import {needlesOf, needlesOfDeflated} from './needles.js';
import {searchBytes, searchStore} from './search-store.js';

const SENTENCE = 'the heron sleeps at k7Qw93ZpXv1b';
const needles = needlesOf(SENTENCE);
const noise = (n: number) => randomBytes(n);
const forms = (bytes: Buffer) =>
  new Set(
    searchBytes(bytes, needles).map(
      (hit) => `${hit.of === 'sentence' ? hit.form : hit.of}${hit.inflated ? ' inflated' : ''}`,
    ),
  );
const around = (bytes: Buffer | string) => Buffer.concat([noise(777), Buffer.from(bytes as string), noise(555)]);

describe('search for a planted sentence', () => {
  it('finds nothing in noise, zeros and text without it', () => {
    expect(forms(noise(200_000))).toEqual(new Set());
    expect(forms(Buffer.alloc(100_000))).toEqual(new Set());
    expect(forms(around(gzipSync('another sentence, of another heron')))).toEqual(new Set());
  });

  it('finds it raw', () => expect(forms(around(SENTENCE))).toContain('raw'));

  it.each(['hex', 'HEX'])('finds it as %s', (which) => {
    const hex = Buffer.from(SENTENCE).toString('hex');
    expect(forms(around(which === 'hex' ? hex : hex.toUpperCase()))).toEqual(new Set(['hex']));
  });

  it('finds it as base64 wherever it stands in the encoded text', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({maxLength: 40}),
        fc.uint8Array({maxLength: 40}),
        fc.constantFrom<BufferEncoding>('base64', 'base64url'),
        (before, after, encoding) => {
          const encoded = Buffer.concat([before, Buffer.from(SENTENCE), after]).toString(encoding);
          return forms(Buffer.from(encoded)).has('base64');
        },
      ),
    );
  });

  it('finds it between the control bytes of pglz and its like, in any phase', () => {
    for (let phase = 0; phase < 8; phase++) {
      const pieces: Buffer[] = [];
      const text = Buffer.from('x'.repeat(phase) + SENTENCE + 'yyyyyyyy');
      for (let at = 0; at < text.length; at += 8) pieces.push(Buffer.from([0]), text.subarray(at, at + 8));
      expect(forms(Buffer.concat(pieces))).toContain('fragment');
    }
  });

  it.each([
    ['gzip', gzipSync(`{"note":"${SENTENCE}"}`)],
    ['zlib', deflateSync(`{"note":"${SENTENCE}"}`)],
    ['zstd', zstdCompressSync(Buffer.from(`{"note":"${SENTENCE}"} ${'ab'.repeat(200)}`))],
  ])('finds it inside %s, after and before other bytes', (_what, compressed) => {
    expect(forms(around(compressed))).toContain('raw inflated');
  });

  it('finds it in a gzip stream that the end of the file cuts off', () => {
    const cut = gzipSync(SENTENCE + noise(2000).toString('hex')).subarray(0, 600);
    expect(forms(Buffer.concat([noise(333), cut]))).toContain('raw inflated');
  });

  it('finds raw deflate of a text that is known, whole, in part, and written in base64', () => {
    const deflated = deflateRawSync(JSON.stringify({note: SENTENCE, noise: noise(3000).toString('hex')}));
    const known = needlesOfDeflated(deflated);
    const found = (bytes: Buffer) => new Set(searchBytes(bytes, known).map((hit) => `${hit.of} ${hit.form}`));
    expect(found(around(deflated))).toEqual(new Set(['deflated raw']));
    expect(found(around(deflated.subarray(0, 200)))).toEqual(new Set(['deflated raw']));
    expect(found(Buffer.from(around(deflated).toString('base64')))).toContain('deflated base64');
    expect(
      found(around(deflateRawSync(JSON.stringify({note: 'another', noise: noise(3000).toString('hex')})))),
    ).toEqual(new Set());
  });

  it('refuses a sentence too short to mean anything', () => expect(() => needlesOf('heron')).toThrow(RangeError));

  describe('in files', () => {
    const dir = mkdtempSync(join(tmpdir(), 'vv-search-'));
    afterAll(() => rmSync(dir, {recursive: true}));

    it('looks into every file below, over the seams of what it reads at once', () => {
      const seam = 4 * 1024 * 1024;
      mkdirSync(join(dir, 'a/b'), {recursive: true});
      writeFileSync(
        join(dir, 'a/b/large'),
        Buffer.concat([Buffer.alloc(seam - 10, 1), Buffer.from(SENTENCE), Buffer.alloc(100, 1)]),
      );
      writeFileSync(join(dir, 'clean'), noise(100));
      const search = searchStore([dir, join(dir, 'missing')], needles);
      expect(search.files).toBe(2);
      expect(
        new Set(search.hits.filter((hit) => hit.of === 'sentence').map((hit) => [hit.file, hit.at].join())),
      ).toEqual(new Set([`${join(dir, 'a/b/large')},${seam - 10}`]));
    });
  });
});
