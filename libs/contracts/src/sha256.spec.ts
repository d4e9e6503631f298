import {createHash} from 'node:crypto';
import {portableSha256, sha256Of} from './sha256.js';

test.each([0, 1, 31, 32, 55, 56, 63, 64, 65, 129, 1_000, 70_000])(
  '%d bytes hash as by OpenSSL and by noble',
  (length) => {
    const bytes = Uint8Array.from({length}, (_, i) => (i * 167) % 256);
    const expected = new Uint8Array(createHash('sha256').update(bytes).digest());
    for (const hash of [sha256Of(bytes), portableSha256(bytes)]) {
      expect(hash).toEqual(expected);
      expect(hash.buffer.byteLength).toBe(32);
    }
  },
);

test('a part of longer memory is hashed alone', () => {
  const memory = Uint8Array.from({length: 200}, (_, i) => i);
  expect(sha256Of(memory.subarray(10, 90))).toEqual(portableSha256(memory.slice(10, 90)));
});

test('here it is done by the platform', () => {
  expect(sha256Of).not.toBe(portableSha256);
});
