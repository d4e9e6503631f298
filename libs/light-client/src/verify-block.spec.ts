import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseGenesis} from './genesis/parse-genesis.js';
import {parseLightBlock} from './parse-light-block.js';
import {verifyBlock} from './verify-block.js';
import type {ClaimedBlock} from './verify-block.js';

// Block 4 of the captured chain holds the one transaction of testdata/capture.ts, and header 5 its result.
const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../testdata', `${name}.json`), 'utf8');
const utf8 = (text: string) => new TextEncoder().encode(text);
const trust = parseGenesis(fixture('genesis'));
const [own, next] = [fixture('block-4'), fixture('block-5')];
const block: ClaimedBlock = {
  height: 4n,
  timeSeconds: parseLightBlock(own).header.time.seconds,
  txs: [utf8('reading')],
  results: [{code: 0, data: utf8('reading 0')}],
};
const result = (code: number, data: string) => ({code, data: utf8(data)});

describe('verifyBlock', () => {
  it('takes the block that real validators made, with its results', () => {
    expect(verifyBlock(block, {own, next}, trust)).toBeUndefined();
  });

  it('takes an empty block without the next header', () => {
    const {header} = parseLightBlock(fixture('block-3'));
    expect(
      verifyBlock(
        {height: 3n, timeSeconds: header.time.seconds, txs: [], results: []},
        {own: fixture('block-3')},
        trust,
      ),
    ).toBeUndefined();
  });

  it.each<[string, Partial<ClaimedBlock>, string]>([
    ['another transaction', {txs: [utf8('readinf')]}, 'wrong-transactions'],
    ['no transaction', {txs: [], results: []}, 'wrong-transactions'],
    ['one more transaction', {txs: [utf8('reading'), utf8('reading')]}, 'wrong-transactions'],
    ['another code', {results: [result(25, 'reading 0')]}, 'wrong-results'],
    ['other data', {results: [result(0, 'reading 1')]}, 'wrong-results'],
    ['no result', {results: []}, 'wrong-results'],
    ...[0.5, -1, NaN, Infinity, 2 ** 32, 2 ** 64, '0', undefined].map(
      (code): [string, Partial<ClaimedBlock>, string] => [
        `the code ${String(code)}`,
        {results: [result(code as number, 'reading 0')]},
        'wrong-results',
      ],
    ),
    ['one more result', {results: [result(0, 'reading 0'), result(0, 'reading 0')]}, 'wrong-results'],
    ['another height', {height: 5n}, 'wrong-height'],
    ['another time', {timeSeconds: block.timeSeconds + 1n}, 'wrong-time'],
  ])('refuses it with %s', (_name, altered, fault) => {
    expect(verifyBlock({...block, ...altered}, {own, next}, trust)).toBe(fault);
  });

  it("refuses it with headers that are not its own, not the next, or not signed by this chain's validators", () => {
    expect(verifyBlock(block, {own: fixture('block-3'), next}, trust)).toBe('wrong-height');
    expect(verifyBlock(block, {own, next: own}, trust)).toBe('wrong-height');
    expect(verifyBlock(block, {own}, trust)).toBe('wrong-results');
    expect(verifyBlock(block, {own, next: '{}'}, trust)).toBe('malformed');
    expect(verifyBlock(block, {own, next}, {...trust, chainId: 'other'})).toBe('wrong-chain');
  });
});
