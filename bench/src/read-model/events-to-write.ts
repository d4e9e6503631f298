import {AccessLeaves} from '../../../apps/policy/src/application/access-leaves.js';
import type {ChainPosition, ProjectionStore, ProjectionWriter} from '../../../apps/policy/src/application/ports.js';
import {ProjectBlocks} from '../../../apps/policy/src/application/project-blocks.js';
import {TransactionOutcomes} from '../../../apps/policy/src/application/transaction-outcomes.js';
import type {MadeChain} from './made-chain.js';
import type {PolicyReadModel} from './policy-read-model.js';

/** Effects of blocks, as policy's use case puts them. */
export interface Effects {
  readonly blocks: readonly ChainPosition[];
  readonly calls: readonly (readonly [string, readonly unknown[]])[];
  /** That they put: of each request its outcome, leaf, event and count of reads, which is one row for each grant. */
  readonly rows: number;
}

class NotNow extends Error {}

/** Has policy's use case say what it would write of blocks, and writes it later: by itself. */
export class EventsToWrite {
  constructor(
    private readonly policy: PolicyReadModel,
    private readonly chain: MadeChain,
  ) {}

  /** Makes the blocks, and writes nothing. */
  async of(blocks: readonly (readonly Uint8Array[])[]): Promise<Effects> {
    const {chain} = this;
    const calls: [string, readonly unknown[]][] = [];
    const made = blocks.map((txs) => {
      const results = chain.add(txs);
      const {height, time: timeSeconds} = chain.ledger.block;
      return {
        height,
        timeSeconds,
        transactions: txs.map((bytes, i) => ({bytes, code: 0, data: results[i]?.data ?? new Uint8Array()})),
      };
    });
    if (made.length > 0)
      await this.#useCase(calls)
        .execute(...made)
        .catch((error: unknown) => {
          if (!(error instanceof NotNow)) throw error;
        });
    const grants = new Set(
      calls.filter(([name]) => name === 'putReadsUsed').map(([, args]) => args.slice(0, 2).join('/')),
    );
    const put = calls.filter(([name]) => /^(put(?!ReadsUsed)|append|announce)/.test(name));
    return {blocks: made, calls, rows: made.length + put.length + grants.size};
  }

  /** In one transaction. */
  async write({blocks, calls}: Effects): Promise<void> {
    if (blocks.length === 0) return;
    await this.policy.store.project(blocks, async (writer) => {
      const methods = writer as unknown as Record<string, (...args: readonly unknown[]) => Promise<void>>;
      for (const [name, args] of calls) await methods[name]?.call(writer, ...args);
    });
  }

  #useCase(calls: [string, readonly unknown[]][]): ProjectBlocks {
    const {store} = this.policy;
    const project: ProjectionStore['project'] = (blocks, effects) =>
      store.project(blocks, async (writer) => {
        await effects(noting(writer, calls));
        throw new NotNow();
      });
    const {state} = this.chain.ledger;
    return new ProjectBlocks({
      store: Object.create(store, {project: {value: project}}) as ProjectionStore,
      leaves: new AccessLeaves({
        logs: {
          leaves: (asked) =>
            Promise.resolve(
              asked.map(({kind, patient, from, count}) =>
                state.leaves(kind, patient).slice(Number(from), Number(from) + count),
              ),
            ),
        },
        projection: store,
      }),
      traces: {remember: () => Promise.resolve(), find: () => Promise.resolve(new Map())},
      outcomes: new TransactionOutcomes(store),
    });
  }
}

const noting = (writer: ProjectionWriter, calls: [string, readonly unknown[]][]): ProjectionWriter =>
  new Proxy(writer, {
    get:
      (target, name) =>
      (...args: readonly unknown[]) => {
        calls.push([String(name), args]);
        const methods = target as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
        return methods[String(name)]?.call(target, ...args);
      },
  });
