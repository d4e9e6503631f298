import {sha256Of} from '@vitalvault/contracts';
import {sha256Text} from './sha256-text.js';

test.each([0, 1, 31, 32, 55, 56, 63, 64, 65, 129, 1_000, 70_000])(
  '%d bytes have the characters of their hash',
  (length) => {
    const bytes = Uint8Array.from({length}, (_, i) => (i * 167) % 256);
    expect(Uint8Array.from(sha256Text(bytes), (character) => character.charCodeAt(0))).toEqual(sha256Of(bytes));
  },
);
