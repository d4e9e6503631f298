import {describe, expect, it} from '@jest/globals';
import fc from 'fast-check';
import {layoutOf} from './layout.js';
import {socketDirectory} from './socket-directory.js';

describe('socketDirectory', () => {
  it('lies in the data directory where that is short enough', () => {
    expect(socketDirectory('/home/ann/vitalvault/var')).toBe('/home/ann/vitalvault/var/run');
  });

  it('gives every validator a path that fits into the 108 bytes of sun_path, whatever the data directory', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 300, unit: 'grapheme'}), fc.integer({min: 0, max: 15}), (name, i) => {
        expect(Buffer.byteLength(layoutOf(`/${name}`).validator(i).socket)).toBeLessThan(108);
      }),
    );
  });

  it('keeps two long data directories apart and finds the same again', () => {
    const long = (last: string) => `/${'a'.repeat(150)}/${last}`;
    expect(socketDirectory(long('one'))).not.toBe(socketDirectory(long('two')));
    expect(socketDirectory(long('one'))).toBe(socketDirectory(long('one')));
  });
});
