import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startAbciServer} from '@vitalvault/abci';
import type {AbciApplication, AbciServer} from '@vitalvault/abci';
import {cometBinary, CometNode, genesisJson} from '@vitalvault/abci/testing';
import {CODE, encodeCanonical, LIMITS} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {AnchorEntrySchema, BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {fitsInBlock} from '@vitalvault/ledger-state';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  hash,
  PEOPLE,
  REMEMBERING_PORTS,
  sampleBody,
  signedBody,
  testGenesis,
} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {createApplication} from '../src/application.js';
import {Ledger} from '../src/ledger.js';
import {LedgerStore} from '../src/store/ledger-store.js';
import {LedgerSpans} from '../src/ledger-spans.js';

const CHAIN = 'largest-block';
const FULL_HEIGHT = 3n;
const {maxBlockBytes} = DEFAULT_PARAMETERS;
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};

interface Validator {
  readonly comet: CometNode;
  readonly ledger: Ledger;
  readonly server: AbciServer;
  readonly store: LedgerStore;
}

let dir: string;
let validators: Validator[] = [];
const fatal: Error[] = [];
/** Results of the full block, by validator. */
const codes: number[][] = [];

/** A transaction of so many bytes: well-formed and expiring much too late, so that the state refuses it. */
function transactionOf(bytes: number, nonce: bigint): Uint8Array {
  const made = (filler: number): Uint8Array => {
    const value = {
      header: new Uint8Array(filler),
      ciphertextHash: hash(1),
      innerKeyHash: hash(2),
      sealedKeyHash: hash(3),
    };
    const entry = incomplete(AnchorEntrySchema, {
      entry: {case: 'record', value: {...value, signature: new Uint8Array(64)}},
    });
    const body = {
      ...sampleBody(anchorRecords([entry]), nonce),
      chainId: CHAIN,
      expiresAtHeight: 1_000n,
      expiresAtTime: 2n ** 40n,
    };
    return signedBody(encodeCanonical(BodySchema, body), [PEOPLE.stranger]);
  };
  return made(bytes - (made(60_000).length - 60_000));
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

async function start(place: number, block: readonly Uint8Array[]): Promise<Validator> {
  const home = join(dir, String(place));
  const socketPath = join(dir, `${String(place)}.sock`);
  const binary = await cometBinary();
  const comet = await CometNode.create({binary, home, socketPath, timeoutProposeMs: 30_000});
  const {store, recovered} = LedgerStore.open({dir: join(home, 'state'), snapshotBlocks: 1_000});
  const ledger = new Ledger(store, recovered, REMEMBERING_PORTS.verify);
  const application = proposingOnce(createApplication(ledger, new LedgerSpans()), block, place);
  const onFatal = (error: Error): number => fatal.push(error);
  const server = await startAbciServer({
    socketPath,
    application,
    log,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal,
  });
  return {comet, ledger, server, store};
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-full-'));
  const block = fullBlock();
  validators = await Promise.all([0, 1, 2, 3].map((place) => start(place, block)));
  const keys = validators.map(({comet}) => comet.publicKey);
  const genesis = genesisJson(
    CHAIN,
    testGenesis(['hospital', 'clinic', 'east', 'west'], undefined, keys),
    LIMITS.cometBlockBytes,
  );
  await Promise.all(
    validators.map(({comet}) => {
      const peers = validators.filter((one) => one.comet !== comet).map((one) => one.comet.address);
      return comet.start(genesis, peers);
    }),
  );
}, 90_000);

afterAll(async () => {
  for (const {comet, server, store} of validators) {
    await comet.stop();
    await server.close();
    await store.close();
  }
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
