import {sha256Of} from '@vitalvault/contracts';
import {nativeSha256, sha256Text} from './native-sha256.js';

test.each([0, 1, 31, 32, 55, 56, 63, 64, 65, 129, 1_000, 70_000])('%d bytes hash as by the portable one', (length) => {
  const bytes = Uint8Array.from({length}, (_, i) => (i * 167) % 256);
  const hash = nativeSha256(bytes);
  expect(hash).toEqual(sha256Of(bytes));
  expect(hash.buffer.byteLength).toBe(32);
  expect(Uint8Array.from(sha256Text(bytes), (character) => character.charCodeAt(0))).toEqual(hash);
});
