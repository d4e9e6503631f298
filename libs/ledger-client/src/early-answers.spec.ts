import {jest} from '@jest/globals';
import {CODE, STATE_KIND, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {MADE_UP_TRUST} from '@vitalvault/light-client/testing';
import {setTimeout as sleep} from 'node:timers/promises';
import {LIES} from '../testing/lies.js';
import {lyingRpc} from '../testing/lying-rpc.js';
import type {Lie} from '../testing/lying-rpc.js';
import {MadeUpNode} from '../testing/made-up-node.js';
import {LedgerClient} from './ledger-client.js';
import {verifiedProofs} from './verified-proofs.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const tx = (...body: number[]): Uint8Array => encodeCanonical(TxSchema, {body: Uint8Array.from(body), signatures: []});
const KEY = {kind: STATE_KIND.grant, parts: [Uint8Array.of(2)]};
const REFUSES = LIES['refuses every question'] as Lie;
const opened: {close: () => unknown}[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function served<T extends {close: () => unknown}>(serving: Promise<T>): Promise<T> {
  const node = await serving;
  opened.push(node);
  return node;
}

/** What is asked of these nodes, and who of them is left for a lie, and for being late. */
function over(...rpcUrls: string[]) {
  const client = new LedgerClient({rpcUrls, log, timeoutMs: 3_000, deadlineMs: 500});
  opened.push(client);
  const demoted = jest.spyOn(client, 'demote');
  const late = jest.spyOn(client, 'passOver');
  const ask = (timeoutMs = 8_000) =>
    verifiedProofs({client, request: {keys: [KEY]}, trust: MADE_UP_TRUST, maxHeaderAgeMs: 30_000, timeoutMs});
  return {ask, left: () => [demoted, late].map(({mock}) => mock.calls.map(([url]) => url))};
}

const grown = (): MadeUpNode => new MadeUpNode().run(tx(2, 3));

function notYet(truth: string): string {
  const {id} = JSON.parse(truth) as {id: number};
  const data = 'height 9 must be less than or equal to the current blockchain height';
  return JSON.stringify({jsonrpc: '2.0', id, error: {code: -32603, message: 'Internal error', data}});
}

/** Shows the chain as it is without its newest two blocks, and alters its answers if told so. */
const twoBehind = (node: MadeUpNode, alter: boolean): Lie => {
  const headers = new Map<bigint, object>();
  return (method, result) => {
    const top = node.height - 2n;
    if (method === 'abci_query')
      return {response: altered(result['response'] as {value: string}, {height: top, ...(alter ? FALSE : {})})};
    const signed = result['signed_header'] as {header: {height: string}};
    const height = BigInt(signed.header.height);
    headers.set(height, signed);
    if (height <= top) return undefined;
    // The newest is asked for without its height.
    return height === node.height && headers.has(top)
      ? {...result, signed_header: headers.get(top)}
      : (response, truth) => void response.end(notYet(truth));
  };
};

/** Keeps every header of `from` and above back, and alters its answers if told so. */
const withholds =
  (from: bigint, alter: boolean): Lie =>
  (method, result) => {
    const signed = result['signed_header'] as {header: {height: string}} | undefined;
    if (method === 'commit' && signed !== undefined && BigInt(signed.header.height) >= from)
      return (response, truth) => {
        response.end(notYet(truth));
      };
    return method === 'abci_query' && alter
      ? {response: altered(result['response'] as {value: string}, FALSE)}
      : undefined;
  };

const FALSE = {value: Uint8Array.of(9)};

function altered(response: {value: string}, {height, value}: {height?: bigint; value?: Uint8Array}): object {
  const answer = decodeCanonical(ProofResponseSchema, Buffer.from(response.value, 'base64'));
  const states = answer.states.map((state) => ({...state, value: value ?? state.value}));
  const bytes = encodeCanonical(ProofResponseSchema, {...answer, states, height: height ?? answer.height});
  return {...response, value: Buffer.from(bytes).toString('base64')};
}

// cosmjs is loaded by the first question, which takes seconds.
beforeAll(async () => {
  await over((await served(grown().serve())).url).ask();
});

describe('where the header that carries the state is slow', () => {
  it('one honest node is waited for, and no liar: longer than the wait for one header', async () => {
    const node = grown().begin(tx(2, 4));
    const {ask, left} = over((await served(node.serve())).url);
    const asked = ask(15_000);
    await sleep(6_500);
    node.run();
    expect((await asked).answer.state(KEY.kind, KEY.parts)).toEqual(Uint8Array.of(2, 4));
    expect(left()).toEqual([[], []]);
  }, 20_000);

  it('the answer says so when it does not come in time, of one node and of four', async () => {
    for (const nodes of [1, 4]) {
      const node = grown().begin(tx(2, 4));
      const urls = await Promise.all(Array.from({length: nodes}, () => served(node.serve())));
      const {ask, left} = over(...urls.map(({url}) => url));
      await expect(ask(8_000)).rejects.toMatchObject({code: 'behind', meta: {reason: 'early'}});
      expect(left()).toEqual([[], []]);
    }
  }, 60_000);

  it('honest nodes wait for it together, and who shows it second is not left for that', async () => {
    const node = grown().begin(tx(2, 4));
    const honest = (await served(node.serve())).url;
    // A moment later than the other.
    let shown = Infinity;
    const second = await served(
      lyingRpc(honest, (method, result) =>
        performance.now() < shown ? withholds(node.height + 1n, false)(method, result) : undefined,
      ),
    );
    const {ask, left} = over(second.url, honest);
    const asked = ask();
    await sleep(3_000);
    const carrying = node.height + 1n;
    shown = performance.now() + 400;
    node.run();
    expect((await asked).header.height).toBe(carrying);
    expect(left()).toEqual([[], []]);
  }, 20_000);
});

describe('a node in front that waits for its next header for ever', () => {
  it.each([false, true])(
    'is left when another proves what is newer, altered=%s: for a lie, or for being late',
    async (alter) => {
      const node = grown().begin(tx(2, 4));
      const honest = (await served(node.serve())).url;
      const first = await served(lyingRpc(honest, withholds(node.height + 1n, alter)));
      const {ask, left} = over(first.url, honest);
      const asked = ask();
      await sleep(1_800);
      node.run().run().run();
      await asked;
      expect(left()).toEqual(alter ? [[first.url], []] : [[], [first.url]]);
    },
    20_000,
  );

  it('and gives a false answer, lies: the next header that another shows refutes it', async () => {
    const node = grown().begin(tx(2, 4));
    const honest = (await served(node.serve())).url;
    const liar = await served(lyingRpc(honest, withholds(node.height + 1n, true)));
    const {ask, left} = over(liar.url, honest);
    const asked = ask();
    await sleep(1_800);
    node.run();
    expect((await asked).answer.state(KEY.kind, KEY.parts)).toEqual(Uint8Array.of(2, 4));
    expect(left()).toEqual([[liar.url], []]);
  }, 20_000);

  it('since it says that its answer is of a block to come, lies', async () => {
    const node = grown().begin(tx(2, 4)).run();
    const honest = (await served(node.serve())).url;
    const ahead: Lie = (method, result) =>
      method === 'abci_query'
        ? {response: altered(result['response'] as {value: string}, {...FALSE, height: 1_000_000n})}
        : undefined;
    const liar = await served(lyingRpc(honest, ahead));
    const {ask, left} = over(liar.url, honest);
    await ask();
    expect(left()).toEqual([[liar.url], []]);
  }, 20_000);

  it.each([
    [true, 'lies'],
    [false, 'is late'],
  ])(
    'and is two headers behind whenever it is asked, altered=%s: it %s',
    async (alter) => {
      const node = grown().begin(tx(2, 4)).run().run();
      const honest = (await served(node.serve())).url;
      const first = await served(lyingRpc(honest, twoBehind(node, alter)));
      // Its newest header, which it shows again.
      await fetch(first.url, {
        method: 'POST',
        body: JSON.stringify({jsonrpc: '2.0', id: 1, method: 'commit', params: {height: String(node.height - 2n)}}),
      });
      const {ask, left} = over(first.url, honest);
      await ask();
      expect(left()).toEqual(alter ? [[first.url], []] : [[], [first.url]]);
    },
    20_000,
  );
});

describe('beside a node that shows the chain as it was', () => {
  it('the honest one, whose next header is not there yet, is waited for, believed and not left', async () => {
    const node = grown().begin(tx(2, 4));
    const [honest, old] = [(await served(node.serve())).url, (await served(grown().serve())).url];
    const {ask, left} = over(honest, old);
    const asked = ask(15_000);
    await sleep(3_500);
    node.run();
    expect((await asked).answer.state(KEY.kind, KEY.parts)).toEqual(Uint8Array.of(2, 4));
    expect(left()).toEqual([[], []]);
  }, 20_000);

  it('the older state is told when its time is up; who is early a second time in a row is left', async () => {
    const node = grown().begin(tx(2, 4));
    const [first, old] = [(await served(node.serve())).url, (await served(grown().serve())).url];
    const {ask, left} = over(first, old);
    expect((await ask(6_000)).answer.state(KEY.kind, KEY.parts)).toEqual(Uint8Array.of(2, 3));
    expect(left()).toEqual([[], []]);
    await ask(6_000);
    expect(left()).toEqual([[], [first]]);
  }, 20_000);

  it('an answer between the two is not in a row', async () => {
    const node = grown().begin(tx(2, 4));
    const [first, old] = [(await served(node.serve())).url, (await served(grown().serve())).url];
    const {ask, left} = over(first, old);
    await ask(5_000);
    node.run();
    await ask();
    node.begin(tx(2, 5));
    await ask(5_000);
    expect(left()).toEqual([[], []]);
  }, 20_000);
});

describe('nodes without time for questions', () => {
  const busy: Lie = (method, result) =>
    method === 'abci_query'
      ? {response: {...(result['response'] as object), code: CODE.quota, value: '', log: 'busy'}}
      : undefined;

  it('are passed for the next, and none is left for it', async () => {
    const honest = (await served(grown().serve())).url;
    const first = await served(lyingRpc(honest, busy));
    const second = await served(lyingRpc(honest, busy));
    const third = await served(lyingRpc(honest, busy));
    const {ask, left} = over(first.url, second.url, third.url, honest);
    const since = performance.now();
    await ask();
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(left()).toEqual([[], []]);
  });

  it('are asked again, not often, and at last it is said that they are busy', async () => {
    const honest = (await served(grown().serve())).url;
    const only = await served(lyingRpc(honest, busy));
    const {ask, left} = over(only.url);
    await expect(ask(4_000)).rejects.toMatchObject({code: 'ledger-unavailable', meta: {reason: 'busy'}});
    expect(only.lies()).toBeGreaterThan(2);
    expect(only.lies()).toBeLessThan(10);
    expect(left()).toEqual([[], []]);
  }, 10_000);

  it('hold nobody up whose question is refused by more nodes than may lie', async () => {
    const honest = (await served(grown().serve())).url;
    const early = await served(grown().begin(tx(2, 4)).serve());
    const refuses = await Promise.all([1, 2].map(() => served(lyingRpc(honest, REFUSES))));
    for (const first of [await served(lyingRpc(honest, busy)), early]) {
      const {ask, left} = over(first.url, ...refuses.map(({url}) => url));
      const since = performance.now();
      await expect(ask()).rejects.toMatchObject({code: 'invalid-field'});
      expect(performance.now() - since).toBeLessThan(6_000);
      expect(left()).toEqual([[], []]);
    }
  }, 20_000);
});
