import {startAbciServer} from '@vitalvault/abci';
import type {AbciServer} from '@vitalvault/abci';
import {CometNode, cometBinary, genesisJson} from '@vitalvault/abci/testing';
import {decodeCanonical, encodeCanonical, fromHex, LIMITS} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {REMEMBERING_PORTS, testGenesis} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {createApplication} from '../src/application.js';
import {Ledger} from '../src/ledger.js';
import {LedgerSpans} from '../src/ledger-spans.js';
import {LedgerStore} from '../src/store/ledger-store.js';

const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};

interface Running {
  readonly comet: CometNode;
  readonly stop: () => Promise<void>;
}
let dir: string;
const running: Running[] = [];
let validator: CometNode;
let named: CometNode;
let stranger: CometNode;

async function node(name: string): Promise<CometNode> {
  const socketPath = join(dir, `${name}.sock`);
  const comet = await CometNode.create({
    binary: await cometBinary(),
    home: join(dir, name),
    socketPath,
    filterPeers: true,
  });
  const {store, recovered} = LedgerStore.open({dir: join(dir, `${name}-state`), snapshotBlocks: 1_000});
  const server: AbciServer = await startAbciServer({
    socketPath,
    application: createApplication(new Ledger(store, recovered, REMEMBERING_PORTS.verify), new LedgerSpans()),
    log: quiet,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal: (error) => {
      throw error;
    },
  });
  const stop = async (): Promise<void> => {
    await comet.stop();
    await server.close();
    await store.close();
  };
  running.push({comet, stop});
  return comet;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-peers-'));
  [validator, named, stranger] = [await node('validator'), await node('named'), await node('stranger')];
  const genesis = decodeCanonical(GenesisSchema, testGenesis(['hospital'], undefined, [validator.publicKey]));
  for (const organisation of genesis.organisations) {
    for (const one of organisation.validators) one.nodeId = fromHex(validator.id);
    organisation.nodes = [fromHex(named.id)];
  }
  const text = genesisJson('peers', encodeCanonical(GenesisSchema, genesis), LIMITS.cometBlockBytes);
  await validator.start(text);
  await named.start(text, [validator.address]);
  await stranger.start(text, [validator.address]);
}, 120_000);

afterAll(async () => {
  for (const {stop} of running) await stop();
  await rm(dir, {recursive: true, force: true});
});

async function rpc<T>({rpcUrl}: CometNode, path: string): Promise<T> {
  return ((await (await fetch(`${rpcUrl}/${path}`)).json()) as {result: T}).result;
}
const peersOf = async (of: CometNode): Promise<string[]> =>
  (await rpc<{peers: {node_info: {id: string}}[]}>(of, 'net_info')).peers.map(({node_info: {id}}) => id);
const heightOf = async (of: CometNode): Promise<number> =>
  Number((await rpc<{sync_info: {latest_block_height: string}}>(of, 'status')).sync_info.latest_block_height);

it('a node that the genesis names connects and follows; a stranger does neither, however often it dials', async () => {
  await eventually(async () => {
    expect(await peersOf(validator)).toEqual([named.id]);
    expect(await heightOf(named)).toBeGreaterThan(2);
  }, 30_000);
  await delay(5_000);
  expect(await peersOf(validator)).toEqual([named.id]);
  expect(await heightOf(stranger)).toBe(0);
}, 60_000);
