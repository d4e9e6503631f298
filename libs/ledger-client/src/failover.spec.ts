import {jest} from '@jest/globals';
import {Failover} from './failover.js';
import {EndpointError, RpcRefusal} from './rpc-endpoint.js';
import type {RpcEndpoint} from './rpc-endpoint.js';

type Behaviour = 'up' | 'down' | 'silent' | 'refuses' | 'hangs';

/** A node whose behaviour the spec changes while it runs. */
class FakeEndpoint implements RpcEndpoint {
  asked = 0;
  constructor(
    readonly url: string,
    public behaviour: Behaviour = 'up',
  ) {}

  async execute({id}: {id: number | string}, signal: AbortSignal) {
    this.asked += 1;
    if (this.behaviour === 'down') throw new EndpointError('down', {sent: false});
    if (this.behaviour === 'silent') throw new EndpointError('no answer in time', {sent: true});
    if (this.behaviour === 'refuses') throw new RpcRefusal('tx already exists in cache');
    if (this.behaviour === 'hangs')
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new EndpointError('aborted', {sent: true}));
        });
      });
    return {jsonrpc: '2.0' as const, id, result: {from: this.url}};
  }
}

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const request = {jsonrpc: '2.0' as const, id: 1, method: 'status', params: {}};

function over(...endpoints: FakeEndpoint[]): {rpc: Failover; from: () => Promise<unknown>} {
  const rpc = new Failover({endpoints, log, deadlineMs: 350});
  return {rpc, from: async () => (await rpc.execute(request)).result.from as unknown};
}

describe('Failover', () => {
  it('asks only the own node while it answers', async () => {
    const [own, other] = [new FakeEndpoint('own'), new FakeEndpoint('other')];
    const {from} = over(own, other);
    expect(await from()).toBe('own');
    expect(await from()).toBe('own');
    expect(other.asked).toBe(0);
  });

  it('asks the next when one is down, and leaves it in peace while it rests', async () => {
    const [own, other] = [new FakeEndpoint('own', 'down'), new FakeEndpoint('other')];
    const {rpc, from} = over(own, other);
    expect(await from()).toBe('other');
    own.behaviour = 'up';
    expect(await from()).toBe('other');
    expect(own.asked).toBe(1);
    expect(rpc.current.url).toBe('other');
  });

  it('comes back to the own node after its rest', async () => {
    const [own, other] = [new FakeEndpoint('own', 'down'), new FakeEndpoint('other')];
    const {from} = over(own, other);
    await from();
    own.behaviour = 'up';
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 501);
    expect(await from()).toBe('own');
    clock.mockRestore();
  });

  const rests = (): number[] => log.warn.mock.calls.map(([fields]) => (fields as {restMs: number}).restMs);

  it('lets a node rest longer after each failure in a row, and begins anew after a success', async () => {
    const own = new FakeEndpoint('own', 'down');
    const {from} = over(own);
    log.warn.mockClear();
    await expect(from()).rejects.toMatchObject({code: 'ledger-unavailable'});
    await expect(from()).rejects.toMatchObject({code: 'ledger-unavailable'});
    expect(rests()).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000]);
    own.behaviour = 'up';
    await from();
    own.behaviour = 'down';
    log.warn.mockClear();
    await expect(from()).rejects.toMatchObject({code: 'ledger-unavailable'});
    expect(rests()[0]).toBe(500);
  });

  it('lets a demoted node rest longer every time, whatever it answered rightly in between', async () => {
    const {rpc, from} = over(new FakeEndpoint('own'), new FakeEndpoint('other', 'down'));
    log.warn.mockClear();
    for (let i = 0; i < 7; i++) {
      rpc.demote('own', 'lied');
      expect(await from()).toBe('own');
    }
    expect(rests().filter((restMs) => restMs >= 15_000)).toEqual(
      expect.arrayContaining([15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000]),
    );
  });

  it('tells who gave the latest answer', async () => {
    const own = new FakeEndpoint('own');
    const {rpc, from} = over(own, new FakeEndpoint('other'));
    await from();
    expect(rpc.answeredBy).toBe('own');
    own.behaviour = 'down';
    await from();
    expect(rpc.answeredBy).toBe('other');
  });

  it('asks a resting node rather than none', async () => {
    const [own, other] = [new FakeEndpoint('own', 'down'), new FakeEndpoint('other')];
    const {from} = over(own, other);
    await from();
    own.behaviour = 'up';
    other.behaviour = 'down';
    expect(await from()).toBe('own');
  });

  it('tries again over all nodes until the deadline, then says so', async () => {
    const endpoints = [new FakeEndpoint('own', 'down'), new FakeEndpoint('other', 'down')];
    const {from} = over(...endpoints);
    await expect(from()).rejects.toMatchObject({code: 'ledger-unavailable', detail: 'None of 2 nodes answers.'});
    expect(endpoints.map(({asked}) => asked)).toEqual([3, 3]);
  });

  it('survives an outage shorter than the deadline', async () => {
    const own = new FakeEndpoint('own', 'down');
    const {from} = over(own);
    setTimeout(() => {
      own.behaviour = 'up';
    }, 50);
    expect(await from()).toBe('own');
  });

  it('brings a question that broke a node off to one other, and to no third', async () => {
    const nodes = ['own', 'second', 'third', 'fourth'].map((url) => new FakeEndpoint(url, 'silent'));
    const {from} = over(...nodes);
    await expect(from()).rejects.toMatchObject({
      code: 'ledger-unavailable',
      detail: '2 nodes got the question and gave no answer.',
    });
    expect(nodes.map(({asked}) => asked)).toEqual([1, 1, 0, 0]);
  });

  it('does not bring it to the same node again', async () => {
    const own = new FakeEndpoint('own', 'silent');
    await expect(over(own).from()).rejects.toMatchObject({code: 'ledger-unavailable'});
    expect(own.asked).toBe(1);
  });

  it('goes on past nodes that got nothing, and takes the answer of the one other', async () => {
    const nodes = [
      new FakeEndpoint('own', 'silent'),
      new FakeEndpoint('second', 'down'),
      new FakeEndpoint('third'),
      new FakeEndpoint('fourth'),
    ];
    const {from} = over(...nodes);
    expect(await from()).toBe('third');
    expect(nodes.map(({asked}) => asked)).toEqual([1, 1, 1, 0]);
  });

  it('has every other question answered meanwhile', async () => {
    const nodes = ['own', 'second', 'third'].map((url) => new FakeEndpoint(url, 'silent'));
    const {from} = over(...nodes);
    await expect(from()).rejects.toMatchObject({code: 'ledger-unavailable'});
    (nodes[2] as FakeEndpoint).behaviour = 'up';
    expect(await from()).toBe('third');
  });

  it('passes a refusal on without asking others: they would say the same', async () => {
    const [own, other] = [new FakeEndpoint('own', 'refuses'), new FakeEndpoint('other')];
    const {from} = over(own, other);
    await expect(from()).rejects.toThrow(RpcRefusal);
    expect(other.asked).toBe(0);
  });

  it('ends what is under way when it is closed', async () => {
    const {rpc, from} = over(new FakeEndpoint('own', 'hangs'), new FakeEndpoint('other'));
    const asked = from();
    rpc.disconnect();
    await expect(asked).rejects.toMatchObject({code: 'shutting-down'});
    await expect(from()).rejects.toMatchObject({code: 'shutting-down'});
  });
});
