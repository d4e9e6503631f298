import {create, fromBinary} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import fc from 'fast-check';
import {frame, FrameError, FrameReader} from './frames.js';
import {CheckTxType, RequestSchema} from './gen/tendermint/abci/types_pb.js';

const LIMIT = 1 << 20;
const FINALIZE_BLOCK =
  '58a201550a02747812200801121c0a18' +
  '0a140202020202020202020202020202020202020202180a1802' +
  '22200101010101010101010101010101010101010101010101010101010101010101' +
  '28ac02' +
  '32080880e2cfaa061005';
const request = (init: MessageInitShape<typeof RequestSchema>) => frame(RequestSchema, create(RequestSchema, init));
const echo = (message: string) => request({value: {case: 'echo', value: {message}}});

/** Cuts `bytes` at the given places, whatever they are. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

describe('frames', () => {
  // Written by abci/types.WriteMessage of CometBFT 0.38.25.
  it.each<[string, string, MessageInitShape<typeof RequestSchema>['value']]>([
    ['flush', '021200', {case: 'flush', value: {}}],
    ['echo', '070a050a0368656c', {case: 'echo', value: {message: 'hel'}}],
    ['check tx', '0742050a01611001', {case: 'checkTx', value: {tx: Uint8Array.of(0x61), type: CheckTxType.RECHECK}}],
    [
      'info',
      '161a140a07302e33382e3235100b18082205322e302e30',
      {case: 'info', value: {version: '0.38.25', blockVersion: 11n, p2pVersion: 8n, abciVersion: '2.0.0'}},
    ],
    [
      'finalize block',
      FINALIZE_BLOCK,
      {
        case: 'finalizeBlock',
        value: {
          txs: [Uint8Array.of(0x74, 0x78)],
          height: 300n,
          time: {seconds: 1_700_000_000n, nanos: 5},
          hash: new Uint8Array(32).fill(1),
          decidedLastCommit: {
            round: 1,
            votes: [{validator: {address: new Uint8Array(20).fill(2), power: 10n}, blockIdFlag: 2}],
          },
        },
      },
    ],
  ])('reads and writes %s as CometBFT does', (_name, hex, value) => {
    expect(Buffer.from(request({value} as MessageInitShape<typeof RequestSchema>)).toString('hex')).toBe(hex);
    const [message] = new FrameReader(LIMIT).push(new Uint8Array(Buffer.from(hex, 'hex')));
    expect(fromBinary(RequestSchema, message as Uint8Array)).toEqual(
      create(RequestSchema, {value} as MessageInitShape<typeof RequestSchema>),
    );
  });

  it('gives every message back, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({maxLength: 300}), {maxLength: 20}),
        fc.array(fc.nat(), {maxLength: 60}),
        (texts, places) => {
          const reader = new FrameReader(LIMIT);
          const read = cut(Buffer.concat(texts.map(echo)), places).flatMap((chunk) => reader.push(chunk));
          expect(read.map((bytes) => fromBinary(RequestSchema, bytes).value)).toMatchObject(
            texts.map((message) => ({case: 'echo', value: {message}})),
          );
          expect(reader.partial).toBe(false);
        },
      ),
    );
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
    expect(fromBinary(RequestSchema, message as Uint8Array).value).toMatchObject({
      case: 'echo',
      value: {message: 'patient'},
    });
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
