import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AbciApplication} from '@vitalvault/abci';
import {cometBinary} from '@vitalvault/abci/testing';
import {CODE, encodeCanonical, LIMITS} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AnchorEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {fitsInBlock} from '@vitalvault/ledger-state';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  hash,
  PEOPLE,
  sampleBody,
  signedBody,
} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {startFourValidators, stopValidators} from './four-validators.js';
import type {Validator} from './four-validators.js';

const CHAIN = 'largest-block';
const FULL_HEIGHT = 3n;
/** Of a transaction: with so many the headers have room for all of its bytes. */
const ENTRIES = 100;
const {maxBlockBytes} = DEFAULT_PARAMETERS;

let dir: string;
let validators: Validator[] = [];
const fatal: Error[] = [];
/** Results of the full block, by validator. */
const codes: number[][] = [];

/** Entries whose headers have so many bytes together. */
function entriesOf(headerBytes: number): FieldsOf<typeof AnchorEntrySchema>[] {
  const hashes = {ciphertextHash: hash(1), innerKeyHash: hash(2), sealedKeyHash: hash(3)};
  return Array.from({length: ENTRIES}, (_, i) => {
    const header = new Uint8Array(Math.floor((headerBytes + i) / ENTRIES));
    return {entry: {case: 'record', value: {header, ...hashes, signature: new Uint8Array(64)}}};
  });
}

/** A transaction of so many bytes: well-formed and expiring much too late, so that the state refuses it. */
function transactionOf(bytes: number, nonce: bigint): Uint8Array {
  const made = (headerBytes: number): Uint8Array => {
    const body = {
      ...sampleBody(anchorRecords(entriesOf(headerBytes)), nonce),
      chainId: CHAIN,
      expiresAtHeight: 1_000n,
      expiresAtTime: 2n ** 40n,
    };
    return signedBody(encodeCanonical(BodySchema, body), [PEOPLE.stranger]);
  };
  return made(bytes - (made(48_000).length - 48_000));
}

/** As many of the largest transactions as a block has room for, and one that fills the rest to the byte. */
function fullBlock(): Uint8Array[] {
  const inBlock = LIMITS.txBytes + 4;
  const count = Math.floor(maxBlockBytes / inBlock);
  const whole = Array.from({length: count}, (_, i) => transactionOf(LIMITS.txBytes, BigInt(i + 1)));
  return [...whole, transactionOf(maxBlockBytes - count * inBlock - 4, BigInt(count + 1))];
}

function proposingOnce(honest: AbciApplication, block: readonly Uint8Array[], place: number): AbciApplication {
  return {
    ...honest,
    prepareProposal: (request) =>
      request.height === FULL_HEIGHT ? {txs: [...block]} : honest.prepareProposal(request),
    finalizeBlock: async (request) => {
      const answer = await honest.finalizeBlock(request);
      if (request.txs.length > 0) codes[place] = (answer.txResults ?? []).map(({code}) => code ?? 0);
      return answer;
    },
  };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-full-'));
  const block = fullBlock();
  const binary = await cometBinary();
  validators = await startFourValidators({
    dir,
    chainId: CHAIN,
    binaries: [binary, binary, binary, binary],
    timeoutProposeMs: 30_000,
    between: (honest, place) => proposingOnce(honest, block, place),
    onFatal: (error) => fatal.push(error),
  });
}, 90_000);

afterAll(async () => {
  await stopValidators(validators);
  await rm(dir, {recursive: true, force: true});
}, 60_000);

test('the largest block that the ledger allows, to the byte, passes four validators', async () => {
  const block = fullBlock();
  expect([fitsInBlock(block, maxBlockBytes), fitsInBlock(block, maxBlockBytes - 1)]).toEqual([true, false]);
  expect(block[0]).toHaveLength(LIMITS.txBytes);
  await eventually(() => {
    for (const {ledger} of validators) expect(ledger.tip?.height ?? 0n).toBeGreaterThan(FULL_HEIGHT + 1n);
  }, 100_000);
  expect(codes).toEqual(validators.map(() => block.map(() => CODE.expiryTooFar)));
  const hashes = await Promise.all(
    validators.map(async ({comet}) => {
      const answer = await fetch(`${comet.rpcUrl}/block?height=${String(FULL_HEIGHT)}`);
      const {result} = (await answer.json()) as {result: {block_id: {hash: string}; block: {data: {txs: string[]}}}};
      return `${result.block_id.hash} ${String(result.block.data.txs.length)}`;
    }),
  );
  expect(new Set(hashes)).toEqual(new Set([`${hashes[0]?.split(' ')[0] ?? ''} ${String(block.length)}`]));
  expect(fatal).toEqual([]);
}, 120_000);
