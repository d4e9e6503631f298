import {duration} from '@vitalvault/arguments';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {EXIT} from '../../cli-error.js';
import {openDevice} from '../../device/device-home.js';
import {settlePending} from '../../device/settle-pending.js';
import {fields} from '../../text/columns.js';

export const settleCommand = defineCommand<{seconds: number}>({
  name: 'settle',
  summary: 'post what is kept again, seal anew what was refused, and wait until everything is proven on the ledger',
  options: [
    new Option('--seconds <n>', 'how long to wait; also 5m or 1h')
      .argParser(duration({least: 0, most: 86_400}))
      .default(60),
  ],
  examples: ['vv device settle --home watch --seconds 30'],
  run: async (session, {seconds}) => {
    const {device} = await openDevice(session, 'work');
    const reposted = await device.repost();
    const {sealedAnew, anchored, waiting, kept, aside} = await settlePending(device, reposted, seconds * 1000);
    const counts = {reposted: reposted.length, sealedAnew, anchored: anchored.length, waiting, setAside: aside.length};
    const told = kept.map(({sequence, recordId, reason}) => ({sequence: String(sequence), recordId, reason}));
    return {
      json: {...counts, kept: told},
      text: [
        ...fields({
          'posted again': counts.reposted,
          'sealed anew': sealedAnew,
          anchored: counts.anchored,
          'not anchored yet': waiting,
          'set aside': counts.setAside,
        }),
        ...aside.map(({detail}) => `set aside: ${detail}`),
        ...kept.map(({sequence, reason}) => `record ${sequence} is kept: ${REASONS[reason] ?? reason}`),
      ],
      exit: kept.length + aside.length > 0 ? EXIT.refused : waiting > 0 ? EXIT.unavailable : EXIT.done,
    };
  },
});

const REASONS: Readonly<Record<string, string>> = {
  'another-record': 'the gateway or the ledger has another record in its place',
  'other-custodian': 'it was sealed for another hospital: settle it with the --endpoints of that one',
  'unknown-key': 'the ledger proves nothing to a device that was removed: it is forgotten when it is registered again',
  'other-owner': 'it is of the owner before; it is never sealed for this one',
};
