import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {eventually} from '@vitalvault/testkit';
import {startAbciServer} from './server.js';
import type {AbciServer} from './server.js';
import {CometNode, Notebook, cometBinary, genesisJson} from '../testing/index.js';

const log = {info: () => undefined, warn: () => undefined, error: () => undefined};

describe('the server behind a real CometBFT', () => {
  let dir: string;
  let node: CometNode;
  let application: Notebook;
  let server: AbciServer;
  const fatal: Error[] = [];
  const socketPath = () => join(dir, 'app.sock');
  const serve = () =>
    startAbciServer({
      socketPath: socketPath(),
      application,
      log,
      maxMessageBytes: 32 << 20,
      onFatal: (error) => {
        fatal.push(error);
      },
    });

  interface Answer {
    readonly result: Record<string, never> & {
      code?: number;
      height?: string;
      tx_result?: {data: string};
      sync_info?: {latest_block_height: string};
      response?: {value: string};
    };
    readonly error?: {data: string};
  }
  const rpc = async (path: string): Promise<Answer> =>
    (await (await fetch(`${node.rpcUrl}/${path}`, {signal: AbortSignal.timeout(20_000)})).json()) as Answer;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vv-abci-'));
    node = await CometNode.create({binary: await cometBinary(), home: join(dir, 'comet'), socketPath: socketPath()});
    application = new Notebook([{publicKey: node.publicKey, power: 1n}]);
    server = await serve();
    await node.start(genesisJson('abci-spec', Uint8Array.of(1)));
  });
  afterAll(async () => {
    await node.stop();
    await server.close();
    await rm(dir, {recursive: true, force: true});
  });

  it('commits a transaction and gives its result', async () => {
    const {result} = await rpc('broadcast_tx_commit?tx="first"');
    expect(result.tx_result?.data).toBe(Buffer.from('first 0').toString('base64'));
    expect(application.pages).toContain('first');
  });

  it('lets CheckTx refuse', async () => {
    expect((await rpc('broadcast_tx_sync?tx="!no"')).result.code).toBe(7);
  });

  it('answers queries', async () => {
    expect((await rpc('abci_query?path="/x"&data=0x0102')).result.response?.value).toBe(
      Buffer.from([1, 2]).toString('base64'),
    );
  });

  it('takes hundreds of transactions at once, a large one among them, in the order of the block', async () => {
    const before = application.pages.length;
    const sent = Array.from({length: 300}, (_, i) => `many ${i}`);
    await Promise.all(sent.map((tx) => rpc(`broadcast_tx_sync?tx="${encodeURIComponent(tx)}"`)));
    const large = Buffer.alloc(700_000, 'x').toString('base64');
    await fetch(node.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({jsonrpc: '2.0', id: 1, method: 'broadcast_tx_sync', params: {tx: large}}),
    });
    await eventually(() => {
      expect(application.pages.length).toBeGreaterThanOrEqual(before + 301);
    }, 60_000);
    const pages = application.pages.slice(before);
    expect(new Set(pages.filter((page) => page.startsWith('many')))).toEqual(new Set(sent));
    expect(pages.some((page) => page.length === 700_000)).toBe(true);
  });

  it('stops the chain, without a made-up reply, when FinalizeBlock fails, and replays when both start again', async () => {
    const {finalizeBlock} = application;
    // Only for the block that holds it: an empty block that came first would end CometBFT with the transaction still in
    // its mempool, which no disk keeps.
    application.finalizeBlock = (request) => {
      if (request.txs.some((tx) => Buffer.from(tx).toString() === 'fatal')) throw new Error('planted');
      return finalizeBlock.call(application, request);
    };
    await rpc('broadcast_tx_sync?tx="fatal"');
    await eventually(() => {
      expect(fatal).not.toEqual([]);
    }, 30_000);
    expect(fatal.map(({message}) => message)).toEqual(['planted']);
    // CometBFT ends itself when its application goes; both come back, and the block is executed then.
    await node.stop();
    await server.close();
    expect(application.pages).not.toContain('fatal');
    application.finalizeBlock = finalizeBlock;
    server = await serve();
    await node.start(genesisJson('abci-spec', Uint8Array.of(1)));
    await eventually(() => {
      expect(application.pages).toContain('fatal');
    }, 30_000);
    expect((await rpc('broadcast_tx_commit?tx="after"')).result.tx_result?.data).toBe(
      Buffer.from('after 0').toString('base64'),
    );
  });
});
