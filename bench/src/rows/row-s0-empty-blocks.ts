import {setTimeout as delay} from 'node:timers/promises';
import {startChain} from '../chain/chain.js';
import {bytesBelow} from '../suite/disk-use.js';
import type {Row} from '../suite/row.js';

const POLL_MS = 200;

/** What a chain costs on which nothing happens: CometBFT's blocks and state, and the ledger's changelog. */
export const ROW_S0: Row = {
  number: 'S0',
  title: 'disk for each empty block',
  arms: [],
  claims: [],
  rounds: {full: 0, quick: 0},
  setup: (context) => ({
    sample: () => 0,
    facts: async () => {
      const count = context.quick ? 50 : 500;
      const {load, cometData, stateDir} = await startChain('ledger-abci', context, true);
      await reach(load, 10);
      const before = {height: await load.height(), comet: bytesBelow(cometData), ours: bytesBelow(stateDir)};
      context.say(`waiting for ${String(count)} empty blocks`);
      await reach(load, before.height + count);
      const blocks = (await load.height()) - before.height;
      const each = (after: number, first: number): string => `${((after - first) / blocks).toFixed(0)} bytes`;
      return [
        {title: 'blocks', value: String(blocks)},
        {title: "CometBFT's data directory, write-ahead log with it", value: each(bytesBelow(cometData), before.comet)},
        {title: "ledger-abci's state directory", value: each(bytesBelow(stateDir), before.ours)},
      ];
    },
  }),
};

async function reach(load: {height(): Promise<number>}, height: number): Promise<void> {
  while ((await load.height()) < height) await delay(POLL_MS);
}
