import {duration} from '@vitalvault/arguments';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openDevice} from '../../device/device-home.js';
import {fields} from '../../text/columns.js';

export const settleCommand = defineCommand<{seconds: number}>({
  name: 'settle',
  summary: 'post what is kept again, seal anew what the ledger refused, and wait until everything is anchored',
  options: [
    new Option('--seconds <n>', 'how long to wait; also 5m or 1h')
      .argParser(duration({least: 0, most: 86_400}))
      .default(60),
  ],
  examples: ['vv device settle --home watch --seconds 30'],
  run: async (session, {seconds}) => {
    const {device} = await openDevice(session);
    const reposted = await device.repost();
    const anchored = await device.settleAll(seconds * 1000);
    return {
      json: {reposted: reposted.length, anchored: anchored.length},
      text: fields({'posted again': reposted.length, anchored: anchored.length}),
    };
  },
});
