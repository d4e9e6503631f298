import {jest} from '@jest/globals';
import {startAbciServer} from '@vitalvault/abci';
import type {AbciServer} from '@vitalvault/abci';
import {CometNode, cometBinary, genesisJson} from '@vitalvault/abci/testing';
import {LIMITS, STATE_KIND, encodeCanonical} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DEFAULT_PARAMETERS, testGenesis} from '@vitalvault/ledger-state/testing';
import {parseGenesis} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {BlockFollower} from './block-follower.js';
import {LedgerClient} from './ledger-client.js';
import type {LedgerBlock} from './ledger-reader.js';
import {PATIENT, ProvingLedger} from '../testing/proving-ledger.js';
import {lyingRpc} from '../testing/lying-rpc.js';
import type {Lie} from '../testing/lying-rpc.js';
import {verifiedBlocks} from './verified-blocks.js';
import {verifiedProofs} from './verified-proofs.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
const tx = (...body: number[]) => encodeCanonical(TxSchema, {body: Uint8Array.from(body), signatures: []});
const grant = (n: number) => ({kind: STATE_KIND.grant, parts: [Uint8Array.of(n)]});
const wholeLog = {kind: STATE_KIND.accessLog, patient: PATIENT, from: 0n, limit: 1_000};

describe('over four real validators', () => {
  let dir: string;
  let nodes: CometNode[];
  let servers: AbciServer[];
  let genesis: string;
  let trust: ParsedGenesis;
  let client: LedgerClient;
  let follower: BlockFollower;
  const heights: bigint[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vv-lc-'));
    const binary = await cometBinary();
    nodes = await Promise.all(
      [0, 1, 2, 3].map((i) =>
        CometNode.create({
          binary,
          home: join(dir, `n${i}`),
          socketPath: join(dir, `n${i}.sock`),
          emptyBlocksSeconds: 10,
        }),
      ),
    );
    const names = ['hospital', 'clinic', 'east', 'west'];
    const validators = nodes.map(({publicKey}) => ({publicKey, power: 10n}));
    const appState = testGenesis(
      names,
      DEFAULT_PARAMETERS,
      nodes.map(({publicKey}) => publicKey),
    );
    genesis = genesisJson('ledger-client-spec', appState, LIMITS.cometBlockBytes);
    trust = parseGenesis(genesis);
    servers = await Promise.all(
      nodes.map((_, i) =>
        startAbciServer({
          socketPath: join(dir, `n${i}.sock`),
          application: new ProvingLedger(validators),
          log: quiet,
          maxMessageBytes: 32 << 20,
          onFatal: (error) => {
            throw error;
          },
        }),
      ),
    );
    await Promise.all(nodes.map((node) => startNode(node)));
    client = new LedgerClient({rpcUrls: nodes.map(({rpcUrl}) => rpcUrl), log});
    follower = new BlockFollower({
      client,
      stored: () => Promise.resolve({height: 0n}),
      log,
      onBlocks: async ({height}) => {
        heights.push(height);
      },
    });
    follower.start();
    await committed(1, 1);
  });
  afterAll(async () => {
    await follower.stop();
    client.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(servers.map((server) => server.close()));
    await rm(dir, {recursive: true, force: true});
  });

  const startNode = (node: CometNode) =>
    node.start(
      genesis,
      nodes.map(({address}) => address),
    );

  async function committed(...body: number[]) {
    const {txId} = await client.broadcast(tx(...body));
    return follower.waitForTx(txId, 30_000);
  }

  it('follows a transaction to its block, with the data of its result', async () => {
    const outcome = await committed(2, 3, 4);
    expect(outcome).toMatchObject({code: 0, data: Uint8Array.of(2, 3, 4), index: 0});
    expect(await client.block(outcome.height)).toMatchObject({
      height: outcome.height,
      txs: [tx(2, 3, 4)],
      results: [{code: 0}],
    });
  });

  it("tells CheckTx' refusal, and takes the same bytes twice for sent", async () => {
    await expect(client.broadcast(tx(0))).rejects.toMatchObject({
      code: 'tx-refused',
      meta: {code: 26, codeName: 'notAuthorised'},
    });
    const first = await client.broadcast(tx(3, 1));
    expect(await client.broadcast(tx(3, 1))).toEqual(first);
    await follower.waitForTx(first.txId, 30_000);
  });

  it('proves values, absence and a whole log of the block that just came', async () => {
    const {height} = await committed(4, 4);
    const {answer, header} = await verifiedProofs({
      client,
      request: {keys: [grant(4), grant(250)], logs: [wholeLog]},
      trust,
      atLeast: height,
      maxHeaderAgeMs: 30_000,
    });
    expect(answer.state(STATE_KIND.grant, [Uint8Array.of(4)])).toEqual(Uint8Array.of(4, 4));
    expect(answer.state(STATE_KIND.grant, [Uint8Array.of(250)])).toBeUndefined();
    expect(answer.logs[0]).toMatchObject({next: undefined});
    expect(answer.logs[0]?.leaves.at(-1)).toEqual(Uint8Array.of(4, 4));
    expect(answer.height).toBe(header.height - 1n);
    expect(answer.height).toBeGreaterThanOrEqual(height);
  });

  it('needs no new block to prove the state of an idle chain', async () => {
    const {height} = await committed(5);
    await client.waitForHeader(height + 1n);
    // From here on the chain has nothing to do for up to ten seconds.
    const began = performance.now();
    for (let i = 0; i < 5; i++)
      await verifiedProofs({client, request: {keys: [grant(5)]}, trust, atLeast: height, maxHeaderAgeMs: 60_000});
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('says that a block is not there yet, and waits for it if told to', async () => {
    const {height} = await client.status();
    await expect(client.lightBlock(height + 50n)).rejects.toMatchObject({code: 'not-found'});
    await expect(client.block(height + 50n)).rejects.toMatchObject({code: 'not-found'});
    const waiting = client.waitForHeader(height + 2n);
    await committed(6);
    await committed(6, 1);
    expect(JSON.parse(await waiting)).toMatchObject({header: {height: (height + 2n).toString()}});
  });

  describe('with a node in front that lies', () => {
    const request = {keys: [grant(2)], logs: [wholeLog]};
    const flip = (base64: string, at: number): string => {
      const bytes = Buffer.from(base64, 'base64');
      bytes[bytes.length - at] = (bytes[bytes.length - at] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const lies: Record<string, Lie> = {
      'alters a proof': (method, {response}) => {
        if (method !== 'abci_query') return undefined;
        return {response: {...(response as object), value: flip((response as {value: string}).value, 1)}};
      },
      'withholds everything that was asked for': (method, {response}) =>
        method === 'abci_query'
          ? {response: {...(response as object), value: Buffer.from([8, 1]).toString('base64')}}
          : undefined,
      'alters the app hash': (method, {signed_header: signed, ...rest}) => {
        if (method !== 'commit') return undefined;
        const {header, commit} = signed as {header: {app_hash: string}; commit: object};
        return {
          ...rest,
          signed_header: {
            header: {...header, app_hash: header.app_hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))},
            commit,
          },
        };
      },
      'drops signatures': (method, {signed_header: signed, ...rest}) => {
        if (method !== 'commit') return undefined;
        const {header, commit} = signed as {header: object; commit: {signatures: object[]}};
        const signatures = commit.signatures.map((entry, i) =>
          i < 2 ? {block_id_flag: 1, validator_address: '', timestamp: '0001-01-01T00:00:00Z', signature: null} : entry,
        );
        return {...rest, signed_header: {header, commit: {...commit, signatures}}};
      },
    };

    it.each(Object.keys(lies))('that %s: the next node is believed, the liar never', async (name) => {
      const liar = await lyingRpc(nodes[0]?.rpcUrl ?? '', lies[name] as Lie);
      const deceived = new LedgerClient({rpcUrls: [liar.url, nodes[1]?.rpcUrl ?? ''], log});
      const {answer} = await verifiedProofs({client: deceived, request, trust, maxHeaderAgeMs: 60_000});
      expect(answer.state(STATE_KIND.grant, [Uint8Array.of(2)])).toEqual(Uint8Array.of(2, 3, 4));
      expect(deceived.currentUrl).toBe(nodes[1]?.rpcUrl);
      expect(liar.lies()).toBeGreaterThan(0);
      deceived.close();

      const alone = new LedgerClient({rpcUrls: [liar.url], log});
      await expect(verifiedProofs({client: alone, request, trust, maxHeaderAgeMs: 60_000})).rejects.toMatchObject({
        code: 'not-verified',
      });
      alone.close();
      await liar.close();
    });
  });

  it('takes no altered block from a foreign node, and the true ones from the next', async () => {
    // The first URL is nobody: the own validator is away. The second lies about results, the third about transactions.
    const results: Lie = (method, result) => {
      if (method !== 'block_results' || !Array.isArray(result.txs_results)) return undefined;
      return {...result, txs_results: result.txs_results.map((found: object) => ({...found, code: 25}))};
    };
    const transactions: Lie = (method, result) => {
      const {header, data, ...block} = (result.block ?? {data: {txs: []}}) as {
        header: object;
        data: {txs: string[] | null};
      };
      if (method !== 'block' || (data.txs ?? []).length === 0) return undefined;
      return {
        ...result,
        block: {...block, header, data: {txs: data.txs?.map(() => Buffer.from(tx(66)).toString('base64'))}},
      };
    };
    const liars = [
      await lyingRpc(nodes[1]?.rpcUrl ?? '', results),
      await lyingRpc(nodes[2]?.rpcUrl ?? '', transactions),
    ];
    const careful = new LedgerClient({
      rpcUrls: ['http://127.0.0.1:1', ...liars.map(({url}) => url), nodes[3]?.rpcUrl ?? ''],
      log,
    });
    const {height} = await client.status();
    const seen: LedgerBlock[] = [];
    const second = new BlockFollower({
      client: verifiedBlocks(careful, trust),
      stored: () => Promise.resolve({height: 0n}),
      log,
      onBlocks: async (block) => {
        seen.push(block);
      },
    });
    second.start();
    const until = performance.now() + 60_000;
    while ((second.newest?.height ?? 0n) < height && performance.now() < until) await delay(100);
    await second.stop();
    careful.close();
    expect(liars.map(({lies}) => lies() > 0)).toEqual([true, true]);
    for (const block of seen) expect(block).toEqual(await client.block(block.height));
    expect(seen.length).toBeGreaterThanOrEqual(Number(height));
    await Promise.all(liars.map(({close}) => close()));
  });

  it('goes on without a gap when its node is killed, and comes back to it', async () => {
    const own = nodes[0] as CometNode;
    expect(client.currentUrl).toBe(own.rpcUrl);
    await own.stop('SIGKILL');
    for (const n of [20, 21, 22]) await committed(7, n);
    expect(client.currentUrl).not.toBe(own.rpcUrl);
    await startNode(own);
    const until = performance.now() + 30_000;
    for (let n = 30; client.currentUrl !== own.rpcUrl && performance.now() < until; n++) await committed(7, n);
    await committed(8);
    expect(client.currentUrl).toBe(own.rpcUrl);
    expect(heights).toEqual(heights.map((_, i) => BigInt(i + 1)));
  });
});
