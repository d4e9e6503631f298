import {jest} from '@jest/globals';
import {STATE_KIND, encodeCanonical} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofQuestion} from '@vitalvault/light-client';
import {MADE_UP_TRUST} from '@vitalvault/light-client/testing';
import {ANSWER_LIES} from '../testing/answer-lies.js';
import {LIES} from '../testing/lies.js';
import {lyingRpc} from '../testing/lying-rpc.js';
import type {Lie} from '../testing/lying-rpc.js';
import {MadeUpNode} from '../testing/made-up-node.js';
import {PATIENT} from '../testing/proving-ledger.js';
import {LedgerClient} from './ledger-client.js';
import {verifiedProofs} from './verified-proofs.js';
import type {VerifiedProofsOptions} from './proof-question.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const tx = (...body: number[]): Uint8Array => encodeCanonical(TxSchema, {body: Uint8Array.from(body), signatures: []});
const KEY = {kind: STATE_KIND.grant, parts: [Uint8Array.of(2)]};
const QUESTION: ProofQuestion = {
  keys: [KEY],
  logs: [{kind: STATE_KIND.accessLog, patient: PATIENT, from: 0n, limit: 10}],
};
const opened: {close: () => unknown}[] = [];
const chain = (): MadeUpNode => new MadeUpNode().run(tx(1)).run(tx(2, 3)).run(tx(4));

async function served<T extends {close: () => unknown}>(serving: Promise<T>): Promise<T> {
  const node = await serving;
  opened.push(node);
  return node;
}

const url = async (node: MadeUpNode): Promise<string> => (await served(node.serve())).url;

function over(...rpcUrls: string[]) {
  const client = new LedgerClient({rpcUrls, log, timeoutMs: 3_000, deadlineMs: 500});
  opened.push(client);
  const ask = (options: Partial<VerifiedProofsOptions> = {}) =>
    verifiedProofs({
      client,
      request: QUESTION,
      trust: MADE_UP_TRUST,
      maxHeaderAgeMs: 30_000,
      timeoutMs: 8_000,
      ...options,
    });
  return {client, ask};
}

// cosmjs is loaded by the first question, which takes seconds.
beforeAll(async () => {
  const {ask} = over(await url(chain()));
  await ask();
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** What concerns blocks and not answers. */
const OF_BLOCKS = new Set(Object.keys(LIES).filter((name) => /transaction|of a result/.test(name)));
const lies = Object.entries({...LIES, ...ANSWER_LIES}).filter(([name]) => !OF_BLOCKS.has(name));

describe('a first node that', () => {
  it.each(lies)('%s: the next is believed in the same call, and the liar is left', async (_name, lie) => {
    const node = chain();
    const honest = await url(node);
    const liar = await served(lyingRpc(honest, lie));
    const {client, ask} = over(liar.url, honest, await url(node), await url(node));
    const {answer, header} = await ask({atLeast: node.height - 1n});
    expect(answer.state(KEY.kind, KEY.parts)).toEqual(Uint8Array.of(2, 3));
    expect(answer.logs[0]?.leaves).toHaveLength(3);
    expect(header.height).toBe(node.height);
    expect(liar.lies()).toBeGreaterThan(0);
    expect(client.currentUrl).toBe(honest);
  });

  it.each<[string, (node: MadeUpNode) => ProofQuestion]>([
    ['another key', () => ({...QUESTION, keys: [{kind: STATE_KIND.grant, parts: [Uint8Array.of(4)]}]})],
    ['no log', () => ({keys: [KEY]})],
    ['a later page', () => ({keys: [KEY], logs: [{...QUESTION.logs?.[0], from: 1n}]})],
  ])('gives the true answer to a question for %s is left', async (_what, other) => {
    const node = chain();
    const honest = await url(node);
    const reader = new LedgerClient({rpcUrls: [honest], log});
    opened.push(reader);
    const bytes = Buffer.from(encodeCanonical(ProofResponseSchema, await reader.proofs(other(node)))).toString(
      'base64',
    );
    const exchanged: Lie = (method, result) =>
      method === 'abci_query' ? {response: {...(result['response'] as object), value: bytes}} : undefined;
    const liar = await served(lyingRpc(honest, exchanged));
    const {client, ask} = over(liar.url, honest);
    expect((await ask()).answer.logs[0]?.leaves).toHaveLength(3);
    expect(client.currentUrl).toBe(honest);
  });

  it('gives leaf after leaf where there is room for all is left', async () => {
    const node = chain();
    const honest = await url(node);
    const reader = new LedgerClient({rpcUrls: [honest], log});
    opened.push(reader);
    const first = await reader.proofs({...QUESTION, logs: [{...QUESTION.logs?.[0], limit: 1}]});
    const bytes = Buffer.from(encodeCanonical(ProofResponseSchema, first)).toString('base64');
    const liar = await served(
      lyingRpc(honest, (method, result) =>
        method === 'abci_query' ? {response: {...(result['response'] as object), value: bytes}} : undefined,
      ),
    );
    const {client, ask} = over(liar.url, honest);
    expect((await ask()).answer.logs[0]?.leaves).toHaveLength(3);
    expect(client.currentUrl).toBe(honest);
  });

  it('shows the chain as it was, by true headers of then, is left', async () => {
    const [old, node] = [new MadeUpNode().run(tx(1)), chain()];
    const {client, ask} = over(await url(old), await url(node));
    const {answer} = await ask({atLeast: node.height - 1n});
    expect(answer.logs[0]?.leaves).toHaveLength(3);
    expect(client.currentUrl).not.toBe(client.inTurn().at(-1)?.url);
  });

  it('is a block or two behind is passed over, and not left for it', async () => {
    const [slow, node] = [chain(), chain().run().run()];
    const [first, second] = [await url(slow), await url(node)];
    const {client, ask} = over(first, second);
    expect((await ask({atLeast: node.height - 1n})).header.height).toBe(node.height);
    expect(client.currentUrl).toBe(first);
  });

  it('is away counts for nothing, however many are', async () => {
    const away = await Promise.all([1, 2, 3].map(() => chain().serve()));
    await Promise.all(away.map(({close}) => close()));
    const {ask} = over(...away.map(({url: at}) => at), await url(chain()));
    expect((await ask()).answer.logs[0]?.leaves).toHaveLength(3);
  });
});

describe('when no node proves it', () => {
  async function alone(lie: Lie, ...more: Lie[]) {
    const honest = await url(chain());
    const liars = await Promise.all([lie, ...more].map((one) => served(lyingRpc(honest, one))));
    return {...over(...liars.map(({url: at}) => at)), liars};
  }

  it.each<[string, object]>([
    ['gives no header', {code: 'not-verified', meta: {reason: 'no-header'}}],
    ['gives answers that are not canonical', {code: 'not-verified', meta: {reason: 'not-canonical'}}],
    ['gives answers that cannot be read', {code: 'not-verified', meta: {reason: 'unreadable'}}],
    ['refuses every question', {code: 'invalid-field'}],
    ['does not answer', {code: 'ledger-unavailable'}],
    ['withholds what was asked for', {code: 'not-verified', meta: {reason: 'not-what-was-asked'}}],
  ])('since the only one %s, it says so', async (name, error) => {
    const {ask} = await alone({...LIES, ...ANSWER_LIES}[name] as Lie);
    await expect(ask()).rejects.toMatchObject(error);
  });

  it('a question that two refuse is not brought to a third: one of so few is honest', async () => {
    const refuses = LIES['refuses every question'] as Lie;
    const {ask, liars} = await alone(refuses, refuses, refuses, refuses);
    await expect(ask()).rejects.toMatchObject({code: 'invalid-field'});
    expect(liars.map(({lies: told}) => told())).toEqual([1, 1, 0, 0]);
  });

  it('a question that two do not survive is not brought to a third', async () => {
    const dies = ANSWER_LIES['breaks the question off'] as Lie;
    const {ask, liars} = await alone(dies, dies, dies, dies);
    await expect(ask()).rejects.toMatchObject({code: 'ledger-unavailable'});
    expect(liars.map(({lies: told}) => told())).toEqual([1, 1, 0, 0]);
  });

  it('two liars in front of the honest ones are both left, whatever they say', async () => {
    const node = chain();
    const honest = await url(node);
    for (const [one, other] of [
      ['gives no header', 'gives answers that are not canonical'],
      ['alters a leaf', 'gives a header of another state'],
      ['does not answer', 'gives no response'],
    ] as const) {
      const liars = [one, other].map((name) => served(lyingRpc(honest, {...LIES, ...ANSWER_LIES}[name] as Lie)));
      const {ask} = over(...(await Promise.all(liars)).map(({url: at}) => at), honest);
      expect((await ask()).answer.logs[0]?.leaves).toHaveLength(3);
    }
  });

  it('says that it is behind when the block does not come in time, and takes it when it does', async () => {
    const node = chain();
    const {ask} = over(await url(node));
    await expect(ask({atLeast: node.height, timeoutMs: 2_000})).rejects.toMatchObject({code: 'behind'});
    const {height} = node;
    setTimeout(() => void node.run(tx(5)), 500);
    expect((await ask({atLeast: height})).answer.height).toBe(height);
  });
});
