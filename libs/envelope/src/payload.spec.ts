import {describe, expect, it} from '@jest/globals';
import fc from 'fast-check';
import {deflateSync} from 'fflate';
import {LIMITS, encodeCanonical} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {PayloadSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {inflateBounded} from './inflate.js';
import {framePayload, isSizeClass, sizeClassFor, unframePayload} from './payload.js';

const framed = (deflated: Uint8Array, length = deflated.length, padding = 40): Uint8Array => {
  const bytes = new Uint8Array(4 + deflated.length + padding);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes.set(deflated, 4);
  return bytes;
};
const code = (value: string) => expect.objectContaining({code: value});

describe('the payload of a record', () => {
  it('comes back as it went in, in a size class as a whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({maxLength: 300}), {maxLength: 64}), fc.string(), (readings, schemaId) => {
        const plaintext = framePayload({schemaId, schemaHash: new Uint8Array(32), encoding: 1, readings});
        expect(isSizeClass(plaintext.length + 28)).toBe(true);
        expect(unframePayload(plaintext).readings).toEqual(readings);
      }),
    );
  });

  it('knows the size classes: powers of two from 256 to 65,536', () => {
    expect([0, 255, 256, 257, 512, 65_536, 65_537, 131_072].map(isSizeClass)).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect([1, 256, 257, 65_536].map(sizeClassFor)).toEqual([256, 256, 512, 65_536]);
    expect(() => sizeClassFor(65_537)).toThrow(code('too-large'));
  });

  it('does not take readings that cannot fit', () => {
    let state = 1;
    const noise = Uint8Array.from({length: 66_000}, () => (state = (state * 48_271) % 2_147_483_647) & 255);
    expect(() => framePayload(incomplete(PayloadSchema, {readings: [noise]}))).toThrow(code('too-large'));
  });

  it('refuses a length above the plaintext, padding that is not zero, and no length at all', () => {
    const deflated = deflateSync(encodeCanonical(PayloadSchema, incomplete(PayloadSchema, {schemaId: 'a'})));
    expect(unframePayload(framed(deflated)).schemaId).toBe('a');
    expect(() => unframePayload(framed(deflated, 4_000))).toThrow(code('padding'));
    expect(() => unframePayload(framed(deflated, 0xffff_ffff))).toThrow(code('padding'));
    expect(() => unframePayload(Uint8Array.of(0, 0, 1))).toThrow(code('padding'));
    const dirty = framed(deflated);
    dirty[dirty.length - 1] = 1;
    expect(() => unframePayload(dirty)).toThrow(code('padding'));
  });

  it('refuses broken, cut and empty deflate streams', () => {
    const deflated = deflateSync(new Uint8Array(500).map((_, i) => i * 7));
    expect(() => unframePayload(framed(deflated.subarray(0, 30)))).toThrow(code('inflate'));
    expect(() => unframePayload(framed(new Uint8Array(0)))).toThrow(code('inflate'));
    expect(() => unframePayload(framed(Uint8Array.of(7, 255, 255)))).toThrow(code('inflate'));
  });

  it('refuses what inflates but is no canonical payload', () => {
    expect(() => unframePayload(framed(deflateSync(Uint8Array.of(0x18, 0x00))))).toThrow(code('not-canonical'));
    expect(() => unframePayload(framed(deflateSync(Uint8Array.of(0x7a, 0x01, 0x00))))).toThrow(code('not-canonical'));
  });

  it('stops a bomb of 64 KiB long before it has inflated to 60 MiB', () => {
    const bomb = deflateSync(new Uint8Array(60 * 1_048_576), {level: 9});
    expect(bomb.length).toBeLessThan(LIMITS.recordCiphertextBytes);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => inflateBounded(bomb, LIMITS.inflatedPayloadBytes)).toThrow(code('inflate'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1_048_576);
    expect(inflateBounded(deflateSync(new Uint8Array(1_048_576)), LIMITS.inflatedPayloadBytes)).toHaveLength(1_048_576);
    expect(() => inflateBounded(deflateSync(new Uint8Array(1_048_577)), LIMITS.inflatedPayloadBytes)).toThrow(
      code('inflate'),
    );
  });
});
