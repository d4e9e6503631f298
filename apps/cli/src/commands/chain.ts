import {toHex} from '@vitalvault/contracts';
import {defineCommand} from '../define-command.js';
import {fields} from '../text/columns.js';

export const chainCommand = defineCommand({
  name: 'chain',
  summary: 'the newest header, checked against the validators of the genesis',
  home: false,
  examples: ['vv chain', 'vv chain --json'],
  run: async (session) => {
    const {height, timeMs, appHash} = await session.ledger.head();
    const {chainId, validators} = session.ledger.genesis;
    const json = {chainId, height, timeMs, appHash: toHex(appHash), validators: validators.length};
    return {
      json,
      text: fields({
        ledger: chainId,
        height,
        time: new Date(timeMs).toISOString(),
        'app hash': json.appHash,
        validators: validators.length,
      }),
    };
  },
});
