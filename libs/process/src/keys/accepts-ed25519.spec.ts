import {describe, expect, it} from '@jest/globals';
import {ed25519} from '@noble/curves/ed25519.js';
import {createHash} from 'node:crypto';
import {acceptsEd25519} from './accepts-ed25519.js';

const message = new TextEncoder().encode('Zcash');
const seed = new Uint8Array(32).fill(7);
const publicKey = ed25519.getPublicKey(seed);
const signature = ed25519.sign(message, seed);

/** Every encoding of a point of small order, also those that are not the usual one (ZIP 215, rationale). */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

describe('acceptsEd25519', () => {
  it('accepts what the key has signed, and nothing else', () => {
    expect(acceptsEd25519(signature, message, publicKey)).toBe(true);
    for (const at of [0, 31, 32, 63]) {
      const other = signature.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      expect(acceptsEd25519(other, message, publicKey)).toBe(false);
    }
    expect(acceptsEd25519(signature, Uint8Array.of(1), publicKey)).toBe(false);
    expect(acceptsEd25519(signature, message, ed25519.getPublicKey(new Uint8Array(32)))).toBe(false);
    expect(acceptsEd25519(new Uint8Array(3), message, publicKey)).toBe(false);
    expect(acceptsEd25519(signature, message, new Uint8Array(31))).toBe(false);
  });

  it('refuses keys of small order, which ZIP 215 takes: ours has to look at what it refuses', () => {
    for (const key of SMALL_ORDER)
      for (const nonce of SMALL_ORDER.slice(0, 2)) {
        const odd = Uint8Array.from([...nonce, ...new Uint8Array(32)]);
        expect(ed25519.verify(odd, message, key, {zip215: true})).toBe(true);
        expect(acceptsEd25519(odd, message, key)).toBe(false);
      }
  });

  it('accepts some of what a key with a part of small order has signed, all of which ZIP 215 accepts', () => {
    const {BASE, Fn} = ed25519.Point;
    const [secret, nonce] = [123_456_789n, 987_654_321n];
    const twisted = BASE.multiply(secret)
      .add(ed25519.Point.fromBytes(SMALL_ORDER[1] as Uint8Array))
      .toBytes();
    const r = BASE.multiply(nonce).toBytes();
    const verdicts = Array.from({length: 32}, (_, n) => {
      const said = Uint8Array.of(n);
      const digest = createHash('sha512').update(r).update(twisted).update(said).digest();
      const k = BigInt(`0x${digest.reverse().toString('hex')}`) % Fn.ORDER;
      const s = Buffer.from(((nonce + k * secret) % Fn.ORDER).toString(16).padStart(64, '0'), 'hex').reverse();
      const signed = Uint8Array.from([...r, ...s]);
      expect(ed25519.verify(signed, said, twisted, {zip215: true})).toBe(true);
      return acceptsEd25519(signed, said, twisted);
    });
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
  });
});
