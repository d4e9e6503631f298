import {jest} from '@jest/globals';
import {mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {AbciApplication} from './application.js';
import {startAbciServer} from './server.js';
import type {AbciServer} from './server.js';
import {AbciConnection} from '../testing/abci-connection.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const unexpected = () => {
  throw new TypeError('planted');
};

class Recorder implements AbciApplication {
  readonly calls: string[] = [];
  info = () => ({lastBlockHeight: 7n});
  query = () => ({code: 0, value: Uint8Array.of(1)});
  checkTx = async ({tx}: {tx: Uint8Array}) => {
    // Later transactions are faster: only a server that waits keeps the order.
    await delay(20 - (tx[0] ?? 0));
    this.calls.push(`checkTx ${tx[0] ?? ''}`);
    return {code: 0, data: tx};
  };
  initChain = () => ({});
  prepareProposal = ({txs}: {txs: Uint8Array[]}) => ({txs});
  processProposal = () => ({status: 1});
  finalizeBlock = async ({txs}: {txs: Uint8Array[]}) => {
    this.calls.push('finalizeBlock begins');
    await delay(50);
    this.calls.push('finalizeBlock ends');
    return {txResults: txs.map(() => ({code: 0})), appHash: new Uint8Array(32)};
  };
  commit = () => {
    this.calls.push('commit');
    return {retainHeight: 0n};
  };
}

describe('startAbciServer', () => {
  let dir: string;
  let socketPath: string;
  let server: AbciServer | undefined;
  let connection: AbciConnection;
  const onFatal = jest.fn();

  async function serve(application: AbciApplication, maxMessageBytes = 64 << 20): Promise<void> {
    server = await startAbciServer({socketPath, application, log, onFatal, maxMessageBytes});
    connection = await AbciConnection.open(socketPath);
  }

  beforeEach(async () => {
    jest.clearAllMocks();
    dir = await mkdtemp(join(tmpdir(), 'vv-abci-'));
    socketPath = join(dir, 'app.sock');
  });
  afterEach(async () => {
    connection.close();
    await server?.close();
    await rm(dir, {recursive: true});
  });

  it('answers echo, flush and info', async () => {
    await serve(new Recorder());
    expect(await connection.ask({case: 'echo', value: {message: 'hello'}})).toMatchObject({
      case: 'echo',
      value: {message: 'hello'},
    });
    expect(await connection.ask({case: 'flush', value: {}})).toMatchObject({case: 'flush'});
    expect(await connection.ask({case: 'info', value: {}})).toMatchObject({case: 'info', value: {lastBlockHeight: 7n}});
  });

  it('answers in the order asked, one at a time', async () => {
    const application = new Recorder();
    await serve(application);
    const numbers = Array.from({length: 20}, (_, i) => i);
    const answers = await Promise.all(
      numbers.map((i) => connection.ask({case: 'checkTx', value: {tx: Uint8Array.of(i)}})),
    );
    expect(answers).toMatchObject(numbers.map((i) => ({case: 'checkTx', value: {data: Uint8Array.of(i)}})));
    expect(application.calls).toEqual(numbers.map((i) => `checkTx ${i}`));
  });

  it('never overlaps consensus methods of two connections, nor lets one wait for CheckTx', async () => {
    const application = new Recorder();
    await serve(application);
    const second = await AbciConnection.open(socketPath);
    const finalized = connection.ask({case: 'finalizeBlock', value: {txs: []}});
    await delay(5);
    const committed = second.ask({case: 'commit', value: {}});
    const third = await AbciConnection.open(socketPath);
    await third.ask({case: 'checkTx', value: {tx: Uint8Array.of(19)}});
    await Promise.all([finalized, committed]);
    expect(application.calls).toEqual(['finalizeBlock begins', 'checkTx 19', 'finalizeBlock ends', 'commit']);
    second.close();
    third.close();
  });

  it.each(['checkTx', 'query'] as const)(
    'answers an unexpected exception in %s with code 1 and goes on',
    async (method) => {
      await serve(Object.assign(new Recorder(), {[method]: unexpected}));
      expect(await connection.ask({case: method, value: {}} as never)).toMatchObject({
        case: method,
        value: {code: 1, codespace: 'tx', log: 'internal error'},
      });
      expect(await connection.ask({case: 'info', value: {}})).toMatchObject({case: 'info'});
      expect(onFatal).not.toHaveBeenCalled();
    },
  );

  it.each(['initChain', 'prepareProposal', 'processProposal', 'finalizeBlock', 'commit'] as const)(
    'stops without any answer when %s throws',
    async (method) => {
      await serve(Object.assign(new Recorder(), {[method]: unexpected}));
      const other = await AbciConnection.open(socketPath);
      await expect(connection.ask({case: method, value: {}} as never)).rejects.toThrow('closed without an answer');
      expect(onFatal).toHaveBeenCalledTimes(1);
      expect(onFatal).toHaveBeenCalledWith(expect.objectContaining({message: 'planted'}));
      // No other connection may get an answer out of a state that nobody vouches for.
      await expect(other.ask({case: 'query', value: {}})).rejects.toThrow('closed without an answer');
      other.close();
    },
  );

  it('stops when a block gets another number of results than it has transactions', async () => {
    await serve(Object.assign(new Recorder(), {finalizeBlock: () => ({txResults: [{code: 0}]})}));
    await expect(connection.ask({case: 'finalizeBlock', value: {txs: []}})).rejects.toThrow('closed');
    expect(onFatal).toHaveBeenCalledWith(
      expect.objectContaining({message: 'FinalizeBlock gave 1 results for 0 transactions'}),
    );
  });

  it('offers and accepts no snapshots unless the application has them', async () => {
    await serve(new Recorder());
    expect(await connection.ask({case: 'listSnapshots', value: {}})).toMatchObject({
      case: 'listSnapshots',
      value: {snapshots: []},
    });
    expect(await connection.ask({case: 'offerSnapshot', value: {}})).toMatchObject({
      case: 'offerSnapshot',
      value: {result: 2},
    });
  });

  it('stops when vote extensions are asked for', async () => {
    await serve(new Recorder());
    await expect(connection.ask({case: 'extendVote', value: {}})).rejects.toThrow('closed');
    expect(onFatal).toHaveBeenCalledWith(
      expect.objectContaining({message: expect.stringContaining('vote extensions must be disabled')}),
    );
  });

  it('closes a connection that announces too much, and serves the next', async () => {
    await serve(new Recorder(), 1000);
    const asked = connection.ask({case: 'checkTx', value: {tx: new Uint8Array(1000)}});
    await expect(asked).rejects.toThrow('closed');
    expect(log.error).toHaveBeenCalledWith(expect.any(String), {
      error: expect.objectContaining({message: expect.stringContaining('at most 1000 allowed')}),
    });
    connection = await AbciConnection.open(socketPath);
    expect(await connection.ask({case: 'echo', value: {message: 'still here'}})).toMatchObject({case: 'echo'});
  });

  it('closes a connection that sends what is no request', async () => {
    await serve(new Recorder());
    const asked = connection.ask({case: 'checkTx', value: {tx: Uint8Array.of(1)}});
    connection.send(Uint8Array.of(2, 0x0a, 0x7f));
    await expect(Promise.all([asked, connection.ask({case: 'flush', value: {}})])).rejects.toThrow('closed');
    expect(onFatal).not.toHaveBeenCalled();
  });

  it('sends the reply of what is in work before it closes, and removes the socket', async () => {
    await serve(new Recorder());
    const asked = connection.ask({case: 'finalizeBlock', value: {txs: []}});
    await delay(10);
    await server?.close();
    server = undefined;
    expect(await asked).toMatchObject({case: 'finalizeBlock'});
    await expect(stat(socketPath)).rejects.toThrow('ENOENT');
  });
});

describe('claiming the socket path', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vv-abci-'));
  });
  afterEach(async () => {
    await rm(dir, {recursive: true});
  });
  const start = (socketPath: string) =>
    startAbciServer({
      socketPath,
      application: new Recorder(),
      log,
      onFatal: () => undefined,
      maxMessageBytes: 64 << 20,
    });

  it('replaces the file of a process that was killed', async () => {
    const path = join(dir, 'app.sock');
    const {spawnSync} = await import('node:child_process');
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    expect((await stat(path)).isSocket()).toBe(true);
    const server = await start(path);
    const connection = await AbciConnection.open(path);
    expect(await connection.ask({case: 'info', value: {}})).toMatchObject({case: 'info'});
    connection.close();
    await server.close();
  });

  it('refuses a path that a living process serves', async () => {
    const path = join(dir, 'app.sock');
    const living = createServer();
    await new Promise<void>((resolve) => living.listen(path, resolve));
    await expect(start(path)).rejects.toThrow('another process serves');
    await new Promise((resolve) => living.close(resolve));
  });

  it('refuses a file that is no socket and leaves it alone', async () => {
    const path = join(dir, 'app.sock');
    await writeFile(path, 'precious');
    await expect(start(path)).rejects.toThrow('no socket');
    expect((await stat(path)).size).toBe(8);
  });

  it('says how long a path may be', async () => {
    await expect(start(join(dir, 'x'.repeat(120)))).rejects.toThrow('at most 107 work');
  });
});
