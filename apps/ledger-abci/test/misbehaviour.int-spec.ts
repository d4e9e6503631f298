import {ed25519} from '@noble/curves/ed25519.js';
import {startAbciServer} from '@vitalvault/abci';
import type {AbciServer} from '@vitalvault/abci';
import {cometBinary, CometNode, genesisJson} from '@vitalvault/abci/testing';
import {fromBase64, fromHex, LIMITS, sha256Of, toHex} from '@vitalvault/contracts';
import {load, SLOTS} from '@vitalvault/ledger-state';
import {REMEMBERING_PORTS, testGenesis} from '@vitalvault/ledger-state/testing';
import {voteSignBytes} from '@vitalvault/light-client';
import {eventually} from '@vitalvault/testkit';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createApplication} from '../src/application.js';
import {Ledger} from '../src/ledger.js';
import type {Committed} from '../src/ledger.js';
import {LedgerSpans} from '../src/ledger-spans.js';
import {LedgerStore} from '../src/store/ledger-store.js';

const CHAIN = 'misbehaviour';
const HEIGHT = 2n;
const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
const told: Committed[] = [];

let dir: string;
let comet: CometNode;
let store: LedgerStore;
let server: AbciServer;
let ledger: Ledger;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-twice-'));
  const socketPath = join(dir, 'abci.sock');
  comet = await CometNode.create({binary: await cometBinary(), home: join(dir, 'comet'), socketPath});
  const opened = LedgerStore.open({dir: join(dir, 'state'), snapshotBlocks: 1_000});
  store = opened.store;
  ledger = new Ledger(store, opened.recovered, REMEMBERING_PORTS.verify);
  const application = createApplication(ledger, new LedgerSpans(), (committed) => {
    if (committed.misbehaviour.length > 0) told.push(committed);
  });
  server = await startAbciServer({
    socketPath,
    application,
    log: quiet,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal: (error) => {
      throw error;
    },
  });
  const appState = testGenesis(['hospital'], undefined, [comet.publicKey]);
  await comet.start(genesisJson(CHAIN, appState, LIMITS.cometBlockBytes));
}, 60_000);

afterAll(async () => {
  await comet.stop();
  await server.close();
  await store.close();
  await rm(dir, {recursive: true, force: true});
});

async function rpc<T>(method: string, params: object): Promise<T> {
  const body = JSON.stringify({jsonrpc: '2.0', id: 1, method, params});
  const answer = (await (await fetch(comet.rpcUrl, {method: 'POST', body})).json()) as {result?: T; error?: unknown};
  if (answer.result === undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
  return answer.result;
}

/** A precommit for a block that there never was, with the validator's own key. */
function vote(privateKey: Uint8Array, byte: number): object {
  const blockId = {hash: new Uint8Array(32).fill(byte), partsTotal: 1, partsHash: new Uint8Array(32).fill(byte)};
  const seconds = BigInt(Math.floor(Date.now() / 1_000));
  const bytes = voteSignBytes(CHAIN, {height: HEIGHT, round: 0, blockId}, {seconds, nanos: 0});
  const hex = toHex(blockId.hash).toUpperCase();
  return {
    type: 2,
    height: String(HEIGHT),
    round: 0,
    block_id: {hash: hex, parts: {total: 1, hash: hex}},
    timestamp: new Date(Number(seconds) * 1_000).toISOString(),
    validator_address: toHex(sha256Of(comet.publicKey)).slice(0, 40).toUpperCase(),
    validator_index: 0,
    signature: Buffer.from(ed25519.sign(bytes, privateKey)).toString('base64'),
  };
}

it('two votes of one validator, handed in as evidence, stand on the ledger; handed in again, once', async () => {
  const address = sha256Of(comet.publicKey).slice(0, 20);
  const file = await readFile(join(dir, 'comet/config/priv_validator_key.json'), 'utf8');
  const {priv_key: key} = JSON.parse(file) as {priv_key: {value: string}};
  const privateKey = fromBase64(key.value).subarray(0, 32);
  await eventually(() => {
    expect(ledger.tip?.height ?? 0n).toBeGreaterThan(HEIGHT + 1n);
    return Promise.resolve();
  }, 30_000);
  const {block} = await rpc<{block: {header: {time: string}}}>('block', {height: String(HEIGHT)});
  const evidence = {
    type: 'tendermint/DuplicateVoteEvidence',
    value: {
      vote_a: vote(privateKey, 1),
      vote_b: vote(privateKey, 2),
      TotalVotingPower: '10',
      ValidatorPower: '10',
      Timestamp: block.header.time,
    },
  };
  await rpc('broadcast_evidence', {evidence});
  await eventually(() => {
    expect(told).toHaveLength(1);
    return Promise.resolve();
  }, 30_000);
  const recordedAtHeight = told[0]?.tip.height ?? 0n;
  const parts = [address, fromHex(HEIGHT.toString(16).padStart(16, '0')), Uint8Array.of(1)];
  expect(load(ledger.state, SLOTS.misbehaviour, parts)).toMatchObject({
    kind: 1,
    height: HEIGHT,
    time: BigInt(Math.floor(Date.parse(block.header.time) / 1_000)),
    power: 10n,
    recordedAtHeight,
  });
  // The block that says so carries the evidence, and its header the hash of it.
  const covering = await rpc<{block: {evidence: {evidence: unknown[]}}}>('block', {height: String(recordedAtHeight)});
  expect(covering.block.evidence.evidence).toHaveLength(1);

  await rpc('broadcast_evidence', {evidence}).catch(() => undefined);
  await eventually(() => {
    expect(ledger.tip?.height ?? 0n).toBeGreaterThan(recordedAtHeight + 3n);
    return Promise.resolve();
  }, 30_000);
  expect(told).toHaveLength(1);
}, 90_000);
