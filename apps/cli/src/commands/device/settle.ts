import {duration} from '@vitalvault/arguments';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {EXIT} from '../../cli-error.js';
import {openDevice} from '../../device/device-home.js';
import {settlePending} from '../../device/settle-pending.js';
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
    const {reposted, sealedAnew, anchored, waiting, kept} = await settlePending(device, seconds * 1000);
    const told = kept.map(({sequence, recordId, reason}) => ({sequence: String(sequence), recordId, reason}));
    return {
      json: {reposted, sealedAnew, anchored, waiting, kept: told},
      text: [
        ...fields({'posted again': reposted, 'sealed anew': sealedAnew, anchored, 'not anchored yet': waiting}),
        ...kept.map(({sequence, reason}) => `record ${sequence} is kept: ${reasonText(reason)}`),
      ],
      exit: kept.length > 0 ? EXIT.refused : waiting > 0 ? EXIT.unavailable : EXIT.done,
    };
  },
});

const reasonText = (reason: string): string =>
  reason === 'another-record' ? 'the gateway answers for another record under this number' : reason;
