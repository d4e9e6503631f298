import {startEngines} from '@vitalvault/testkit';
import {TRUST, catchUp} from '../read-model/following.js';
import type {ReadModel} from '../read-model/following.js';
import {PolicyReadModel} from '../read-model/policy-read-model.js';
import {ServedChain} from '../read-model/served-chain.js';
import {StorageReadModel} from '../read-model/storage-read-model.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const [POLICY, STORAGE] = ['policy', 'storage'];
/** Of each block: half anchor records, half ask for access. */
const BLOCK = {requests: 5, anchors: 5, records: 4};
const PER_BLOCK = BLOCK.requests + BLOCK.anchors;
const BLOCKS = {large: 100_000, full: 3_000, quick: 1_000, first: 1_000};

/**
 * The read models made anew from a chain of blocks with ten transactions each: 3,000, with LARGE 10⁵. The chain is
 * generated: blocks of the transition function with their results, under headers that four validators signed, in a
 * file behind a process that speaks CometBFT's RPC. The followers are the services' own, with all that they verify.
 * The first round, which is thrown away, is of a thousand blocks; then all of the chain, once.
 */
export const ROW_12B: Row = {
  number: '12b',
  title: 'read models made anew from a generated signed chain, blocks of ten transactions',
  arms: arms('transactions/s', POLICY, STORAGE),
  claims: [
    {
      title: "policy's, a second",
      target: {atLeast: 5_000},
      of: (round) => round[POLICY] ?? 0,
      whenMissed:
        'a block of ten costs what one of a thousand costs but for its transactions: three answers of the RPC, and four ' +
        'signatures of its header (12 %). Writing to sockets, of the node for blocks and proofs of leaves and of PostgreSQL, ' +
        'takes a fifth, collecting garbage 7 %; the rest are short functions. Node, PostgreSQL and follower share two cores.',
    },
    {
      title: "storage's, a second",
      target: {atLeast: 5_000},
      of: (round) => round[STORAGE] ?? 0,
      whenMissed:
        "as policy's: of storage's own time the four signatures of each header take 16 %, reading what a block says 14 %, " +
        'collecting garbage 13 %, writing to sockets 8 %; the rest are short functions.',
    },
  ],
  rounds: {full: 1, quick: 1},
  limitSeconds: 3_000,
  nodeFlags: ['--max-old-space-size=4096'],
  setup: async ({scratch, quick, large, say}) => {
    const engines = await startEngines({only: ['postgres']});
    scratch.defer(() => engines.stop());
    const [chain, trust] = [await ServedChain.start(scratch), TRUST];
    const options = {genesis: chain.genesis, trust};
    const models: Readonly<Record<string, ReadModel>> = {
      [POLICY]: await PolicyReadModel.open(engines.databaseUrl('vv_policy'), options),
      [STORAGE]: await StorageReadModel.open(engines.databaseUrl('vv_storage'), options),
    };
    for (const model of Object.values(models)) scratch.defer(() => model.close());
    const modelOf = (arm: string): ReadModel => {
      const model = models[arm];
      if (model === undefined) throw new RangeError(`no arm is called ${arm}`);
      return model;
    };
    for (const model of Object.values(models)) await catchUp(model, {url: chain.url, trust, height: chain.height});
    await chain.add({blocks: BLOCKS.first, ...BLOCK});
    const end = {first: chain.height, last: chain.height};
    const heap = {bytes: 0};
    return {
      prepare: async (arm) => {
        if ((await modelOf(arm).height()) < end.first || end.last > end.first) return;
        say('generating the chain');
        const all = large ? BLOCKS.large : BLOCKS.full;
        const blocks = quick ? BLOCKS.quick : all - Number(chain.height);
        const began = performance.now();
        await chain.add({blocks, ...BLOCK});
        end.last = chain.height;
        say(`generated in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
      },
      sample: async (arm) => {
        const model = modelOf(arm);
        const from = await model.height();
        const height = from < end.first ? end.first : end.last;
        const began = performance.now();
        await catchUp(model, {url: chain.url, trust, height});
        heap.bytes = Math.max(heap.bytes, process.memoryUsage().rss);
        return (Number(height - from - 1n) * PER_BLOCK) / ((performance.now() - began) / 1_000);
      },
      facts: () => [
        {title: 'blocks', value: String(chain.height)},
        {title: 'bytes of the chain', value: `${(chain.fileBytes / 1_048_576).toFixed(0)} MiB`},
        {title: 'memory of the followers', value: `${(heap.bytes / 1_048_576).toFixed(0)} MiB`},
      ],
    };
  },
};
