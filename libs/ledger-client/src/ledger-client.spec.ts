import {jest} from '@jest/globals';
import {CODE, encodeCanonical, sha256Of, toHex, transactionId} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {eventually} from '@vitalvault/testkit';
import {createServer} from 'node:http';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {LedgerClient} from './ledger-client.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const body = Uint8Array.of(1, 2, 3);
const tx = encodeCanonical(TxSchema, {body, signatures: []});

type Rpc = (
  method: string,
  params: Record<string, string>,
) => {status?: number; text?: string; result?: unknown; error?: unknown};

/** A stand-in for CometBFT's RPC on loopback: its answers are the spec's, their form is CometBFT's. */
async function serve(rpc: Rpc): Promise<{server: Server; url: string}> {
  const server = createServer((request, response) => {
    let text = '';
    request
      .on('data', (chunk: Buffer) => {
        text += chunk.toString();
      })
      .on('end', () => {
        const {id, method, params} = JSON.parse(text) as {id: number; method: string; params: Record<string, string>};
        const {status = 200, text: raw, ...answer} = rpc(method, params);
        response.writeHead(status).end(raw ?? JSON.stringify({jsonrpc: '2.0', id, ...answer}));
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
}

describe('LedgerClient', () => {
  const servers: Server[] = [];
  let client: LedgerClient;

  async function ask(...answers: Rpc[]): Promise<LedgerClient> {
    const nodes = await Promise.all(answers.map(serve));
    servers.push(...nodes.map(({server}) => server));
    client = new LedgerClient({rpcUrls: nodes.map(({url}) => url), log, timeoutMs: 1_500, deadlineMs: 100});
    return client;
  }

  afterEach(async () => {
    client.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  const internal = (data: string) => ({error: {code: -32603, message: 'Internal error', data}});

  describe('broadcast', () => {
    const checked =
      (code: number, said = '') =>
      () => ({result: {code, data: '', log: said, codespace: '', hash: 'AB'}});

    it('gives both names of a transaction that was taken', async () => {
      const sent = await (await ask(checked(0))).broadcast(tx);
      expect(sent).toEqual({txHash: toHex(sha256Of(tx)), txId: toHex(transactionId(body, []))});
    });

    it('sends exactly the bytes', async () => {
      const params = jest.fn<(given: Record<string, string>) => void>();
      await (
        await ask((_method, given) => {
          params(given);
          return {result: {code: 0, hash: 'AB'}};
        })
      ).broadcast(tx);
      expect(params).toHaveBeenCalledWith({tx: Buffer.from(tx).toString('base64')});
    });

    it('names the code with which CheckTx refuses', async () => {
      await expect((await ask(checked(CODE.badSignature))).broadcast(tx)).rejects.toMatchObject({
        code: 'tx-refused',
        meta: {code: 8, codeName: 'badSignature'},
      });
    });

    it('names the field that CheckTx names in its log, and nothing else that a node might say there', async () => {
      await expect(
        (await ask(checked(CODE.invalidField, 'invalidField: slot_to'))).broadcast(tx),
      ).rejects.toMatchObject({
        code: 'tx-refused',
        detail: 'Code 6, invalidField: slot_to.',
        meta: {code: CODE.invalidField, codeName: 'invalidField', field: 'slot_to'},
      });
      for (const said of ['invalidField: <b>slot</b>', 'slot_to', `invalidField: ${'a'.repeat(65)}`])
        await expect((await ask(checked(CODE.invalidField, said))).broadcast(tx)).rejects.toMatchObject({
          detail: 'Code 6, invalidField.',
          meta: {code: CODE.invalidField, codeName: 'invalidField'},
        });
    });

    it('counts a transaction that the mempool knows as sent', async () => {
      expect(await (await ask(() => internal('tx already exists in cache'))).broadcast(tx)).toMatchObject({
        txId: toHex(transactionId(body, [])),
      });
    });

    it.each([
      [
        'mempool is full: number of txs 5000 (max: 5000), total txs bytes 1 (max: 2)',
        'ledger-unavailable',
        'The mempool is full.',
      ],
      ['Tx too large. Max size is 65536, but got 65537', 'tx-refused', 'Code 3, tooLarge.'],
    ])('maps %j', async (said, code, detail) => {
      await expect((await ask(() => internal(said))).broadcast(tx)).rejects.toMatchObject({code, detail});
    });

    it('does not call the sickness of a node a refusal', async () => {
      await expect((await ask(checked(CODE.internal))).broadcast(tx)).rejects.toMatchObject({
        code: 'ledger-unavailable',
      });
    });

    it('brings the same bytes to every node in turn: one that swallows them, or refuses them falsely, is passed', async () => {
      const got: string[] = [];
      const node = (name: string, code: number) => () => {
        got.push(name);
        return checked(code)();
      };
      await ask(node('swallows', 0), node('lies', CODE.unknownKey), node('third', 0));
      const other = encodeCanonical(TxSchema, {body: Uint8Array.of(9), signatures: []});
      for (let i = 0; i < 2; i++) await client.broadcast(tx);
      await client.broadcast(other);
      for (let i = 0; i < 2; i++) await client.broadcast(tx);
      expect(got).toEqual(['swallows', 'lies', 'third', 'swallows', 'swallows', 'lies', 'third']);
    });

    const fresh = (n: number): Uint8Array => encodeCanonical(TxSchema, {body: Uint8Array.of(9, n), signatures: []});

    it.each<[string, Rpc, number]>([
      ['refuses every transaction for want of a right', checked(CODE.notAuthorised), 3],
      ['refuses every transaction for its signature', checked(CODE.badSignature), 1],
      ['ends every check in an internal error', checked(CODE.internal), 1],
      ['gives a code that nobody knows', checked(4_000_000), 1],
      ['gives no number for a code', () => ({result: {code: 'no', hash: 'AB'}}), 1],
      ['says that its mempool is full', () => internal('mempool is full: number of txs 5000 (max: 5000)'), 10],
      ['says that every transaction is too large', () => internal('Tx too large. Max size is 1, but got 2'), 1],
      ['refuses in its own way', () => internal('no'), 10],
    ])('stops nothing when the first of four %s', async (_what, lie, most) => {
      let asked = 0;
      const honest = checked(0);
      await ask((...question) => ((asked += 1), lie(...question)), honest, honest, honest);
      for (let i = 0; i < 10; i++) expect(await client.broadcast(fresh(i))).toHaveProperty('txId');
      expect(asked).toBe(most);
    });

    it('does not leave a node that is a block behind now and then, nor one that knows what a block has', async () => {
      let n = 0;
      await ask(() => checked(n++ % 3 === 2 ? 0 : CODE.unknownKey)(), checked(0), checked(0), checked(0));
      const [first] = client.inTurn();
      for (let i = 0; i < 12; i++) await client.broadcast(fresh(i));
      expect(client.currentUrl).toBe(first?.url);
      client.close();
      await ask(checked(CODE.nonceUsed), () => internal('tx already exists in cache'));
      const own = client.currentUrl;
      for (let i = 0; i < 12; i++) await client.broadcast(fresh(i));
      expect(client.currentUrl).toBe(own);
    });

    it.each<[string, Rpc[], object, number]>([
      ['two of four with one code', [checked(26), checked(26), checked(0), checked(0)], {meta: {code: 26}}, 2],
      ['a liar and two others', [checked(22), checked(25), checked(25), checked(0)], {meta: {code: 25}}, 3],
      [
        'three of seven',
        [...Array<Rpc>(3).fill(checked(26)), ...Array<Rpc>(4).fill(checked(0))],
        {meta: {code: 26}},
        3,
      ],
      ['the only one', [checked(26)], {meta: {code: 26}}, 1],
      ['both of two, with two codes', [checked(26), checked(25)], {meta: {code: 26}}, 2],
    ])('refuses what %s refuse', async (_who, rpcs, error, most) => {
      let asked = 0;
      await ask(
        ...rpcs.map<Rpc>(
          (rpc) =>
            (...question) => ((asked += 1), rpc(...question)),
        ),
      );
      await expect(client.broadcast(tx)).rejects.toMatchObject({code: 'tx-refused', ...error});
      expect(asked).toBe(most);
    });

    it('does not take one for all when the others cannot say', async () => {
      const full = () => internal('mempool is full: number of txs 5000 (max: 5000)');
      const away = () => ({status: 502, text: ''});
      for (const other of [full, away]) {
        await ask(checked(CODE.notAuthorised), other, other, other);
        await expect(client.broadcast(tx)).rejects.toMatchObject({code: 'ledger-unavailable'});
        client.close();
      }
    });

    it('does not go round over nodes that rest', async () => {
      const got: string[] = [];
      const away = () => ({status: 502, text: ''});
      const well = (name: string) => () => {
        got.push(name);
        return checked(0)();
      };
      await ask(well('own'), away, away, well('last'));
      await client.broadcast(encodeCanonical(TxSchema, {body: Uint8Array.of(9), signatures: []}));
      for (let i = 0; i < 4; i++) await client.broadcast(tx).catch(() => undefined);
      expect(got.slice(-2)).toEqual(['own', 'last']);
    });

    it('refuses what is no transaction without asking anybody', async () => {
      await expect((await ask(checked(0))).broadcast(Uint8Array.of(255))).rejects.toMatchObject({
        code: 'tx-refused',
        meta: {codeName: 'undecodable'},
      });
    });

    it.each([
      ['an error page', () => ({status: 502, text: '<html>'})],
      ['an empty object', () => ({text: '{}'})],
      ['null', () => ({text: 'null'})],
    ])('goes to the next node when one answers %s', async (_name, broken) => {
      expect(await (await ask(broken, checked(0))).broadcast(tx)).toHaveProperty('txId');
    });
  });

  describe('waitForHeader', () => {
    it('waits until the block is there and hands the header on as it came', async () => {
      let asked = 0;
      const header = {header: {height: '5'}, commit: {height: '5'}};
      await ask(() =>
        asked++ < 2
          ? internal('height 5 must be less than or equal to the current blockchain height 4')
          : {result: {signed_header: header, canonical: true}},
      );
      expect(JSON.parse(await client.waitForHeader(5n))).toEqual(header);
    });

    it('gives up at its deadline', async () => {
      await ask(() => internal('height 5 must be less than or equal to the current blockchain height 4'));
      await expect(client.waitForHeader(5n, 120)).rejects.toMatchObject({
        code: 'ledger-unavailable',
        detail: 'No block 5 within 120 ms.',
      });
    });

    it('is let go when the client is closed', async () => {
      await ask(() => internal('height 5 must be less than or equal to the current blockchain height 4'));
      const waiting = expect(client.waitForHeader(5n)).rejects.toMatchObject({code: 'shutting-down'});
      setTimeout(() => {
        client.close();
      }, 20);
      await waiting;
    });
  });

  it('passes over a node that hangs', async () => {
    const hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      hanging.listen(0, '127.0.0.1', resolve);
    });
    const well = await serve(() => ({result: {code: 0, hash: 'AB'}}));
    servers.push(hanging, well.server);
    client = new LedgerClient({
      rpcUrls: [`http://127.0.0.1:${(hanging.address() as AddressInfo).port}`, well.url],
      log,
      timeoutMs: 500,
    });
    expect(await client.broadcast(tx)).toHaveProperty('txId');
  });

  it('refuses proofs that are no canonical answer', async () => {
    await ask(() => ({result: {response: {code: 0, value: Buffer.from([255]).toString('base64')}}}));
    await expect(client.proofs({})).rejects.toMatchObject({code: 'not-verified'});
  });

  it('demotes nodes that are behind the foremost', async () => {
    const at = (height: number) => () => ({result: {sync_info: {latest_block_height: height.toString()}}});
    await ask(at(10), at(20), at(21));
    const before = client.currentUrl;
    await client.demoteLaggards();
    expect(client.currentUrl).not.toBe(before);
  });

  it('asks every node for a header, and takes none for an answer', async () => {
    const shows: Rpc = () => ({result: {signed_header: {header: {height: '5'}}}});
    const nodes = [() => internal('height 5 must be less than'), shows, () => ({result: {signed_header: null}}), shows];
    await ask(...nodes, () => ({status: 500, text: 'away'}));
    expect(await client.headersOf(5n)).toEqual(['{"header":{"height":"5"}}', '{"header":{"height":"5"}}']);
  });

  describe('under which span it sends', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = (...urls: string[]): LedgerClient =>
      new LedgerClient({rpcUrls: urls, log, timeoutMs: 1_500, deadlineMs: 100, traceparent: () => traceparent});

    it('tells the own validator, and sends although that does not listen; no foreign node hears of it', async () => {
      const heard: string[][] = [[], []];
      const node =
        (index: number): Rpc =>
        (method, params) => {
          if (method === 'abci_query' && params.path === '/trace') heard[index]?.push(params.data ?? '');
          return method === 'abci_query'
            ? {error: {code: 1, message: 'no'}}
            : {result: {code: 0, data: '', log: '', hash: ''}};
        };
      const nodes = await Promise.all([serve(node(0)), serve(node(1))]);
      servers.push(...nodes.map(({server}) => server));
      client = traced(...nodes.map(({url}) => url));
      await client.broadcast(tx);
      const expected = toHex(sha256Of(tx)) + Buffer.from(traceparent, 'latin1').toString('hex');
      await eventually(() => expect(heard).toEqual([[expected], []]));
    });

    it('waits for no validator that says nothing to it', async () => {
      const silent = createServer(() => undefined);
      const {url, server} = await serve(() => ({result: {code: 0, data: '', log: '', hash: ''}}));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      servers.push(server, silent);
      const own = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
      client = traced(own, url);
      client.demote(own, 'it says nothing');
      const began = performance.now();
      await client.broadcast(tx);
      expect(performance.now() - began).toBeLessThan(100);
    });
  });
});
