import {DamagedStore} from '../../../apps/ledger-abci/test/damaged-store.js';
import {scratchDir} from '../../../apps/ledger-abci/test/scratch-ledger.js';
import {pick} from '../fuzzer.js';
import type {Fuzzer} from '../fuzzer.js';

export const damagedFiles: Fuzzer = {
  name: 'store recovery',
  never: 'another answer than before a bit turned or a file ended, or a refusal without file and way out',
  batch: 50,
  quick: 60,
  reaches: ['healed by replay', 'refused'],
  open: async (next) => {
    const root = scratchDir();
    const store = await DamagedStore.make(root.path, `fuzz ${next(2 ** 31)}`);
    const damages = store.damages();
    return {
      input: async () => {
        const damage = pick(next, damages);
        return store.outcome(damage).catch((error: unknown) => {
          throw new Error(`${JSON.stringify(damage)}: ${String(error)}`);
        });
      },
      close: () => {
        root.remove();
      },
    };
  },
};
