import {create, fromBinary} from '@bufbuild/protobuf';
import fc from 'fast-check';
import {frame, FrameError, FrameReader} from './frames.js';
import {RequestSchema} from './gen/tendermint/abci/types_pb.js';

const LIMIT = 1 << 20;
const request = (value: NonNullable<Parameters<typeof create<typeof RequestSchema>>[1]>) => frame(RequestSchema, create(RequestSchema, value));
const echo = (message: string) => request({value: {case: 'echo', value: {message}}});

/** Cuts `bytes` at the given places, whatever they are. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

describe('frames', () => {
  // Written by CometBFT 0.38's own socket client (abci/client), taken off the wire.
  it.each([
    ['flush', '021200', {case: 'flush', value: {}}],
    ['echo', '070a050a0368656c', {case: 'echo', value: {message: 'hel'}}],
    ['check tx', '0542030a0161', {case: 'checkTx', value: {tx: Uint8Array.of(0x61)}}],
  ] as const)('writes %s as the specification does', (_name, hex, value) => {
    expect(Buffer.from(request({value} as never)).toString('hex')).toBe(hex);
  });

  it('gives every message back, however the stream is cut', () => {
    fc.assert(fc.property(fc.array(fc.string({maxLength: 300}), {maxLength: 20}), fc.array(fc.nat(), {maxLength: 60}), (texts, places) => {
      const reader = new FrameReader(LIMIT);
      const read = cut(Buffer.concat(texts.map(echo)), places).flatMap((chunk) => reader.push(chunk));
      expect(read.map((bytes) => fromBinary(RequestSchema, bytes).value)).toMatchObject(texts.map((message) => ({case: 'echo', value: {message}})));
      expect(reader.partial).toBe(false);
    }));
  });

  it('reads a large message byte by byte in linear time', () => {
    const bytes = echo('x'.repeat(LIMIT - 16));
    const reader = new FrameReader(LIMIT);
    const read: Uint8Array[] = [];
    for (let i = 0; i < bytes.length; i++) read.push(...reader.push(bytes.subarray(i, i + 1)));
    expect(read.map((message) => message.length)).toEqual([bytes.length - 3]);
  });

  it('keeps nothing of the chunk it was given', () => {
    const chunk = echo('patient');
    const [message] = new FrameReader(LIMIT).push(chunk);
    chunk.fill(0);
    expect(fromBinary(RequestSchema, message as Uint8Array).value).toMatchObject({case: 'echo', value: {message: 'patient'}});
  });

  it('takes a message at the bound and refuses one byte more before reading it', () => {
    const bound = new FrameReader(300);
    expect(bound.push(Uint8Array.of(0xac, 0x02, ...new Uint8Array(300)))).toHaveLength(1);
    expect(() => new FrameReader(299).push(Uint8Array.of(0xac, 0x02))).toThrow(FrameError);
  });

  it.each([
    ['endless varint', [0x80, 0x80, 0x80, 0x80, 0x80]],
    ['length beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f]],
  ])('refuses an %s', (_name, prefix) => {
    expect(() => new FrameReader(2 ** 34).push(Uint8Array.from(prefix))).toThrow(FrameError);
  });
});
