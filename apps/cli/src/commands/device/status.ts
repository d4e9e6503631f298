import {sequence} from '../../arguments/vocabulary.js';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openDevice} from '../../device/device-home.js';
import {fields} from '../../text/columns.js';

export const statusCommand = defineCommand<{sequence?: bigint}>({
  name: 'status',
  summary: 'how far a record has come, or how many are still kept for sending again',
  options: [new Option('--sequence <n>', 'number of a record').argParser(sequence)],
  examples: ['vv device status --home watch', 'vv device status --home watch --sequence 12'],
  run: async (session, options) => {
    const {device, stores} = await openDevice(session, 'look');
    if (options.sequence !== undefined) {
      const state = {...(await device.state(options.sequence))};
      return {json: state, text: fields({...state, refusal: state.refusal?.name})};
    }
    const kept = await stores.all();
    const setAside = (await stores.asides()).length;
    return {
      json: {device: session.home.card.id, kept: kept.map((record) => record.sequence), setAside},
      text: fields({
        device: session.home.card.id,
        kept: `${kept.length} records not anchored yet`,
        'set aside': `${setAside} readings`,
      }),
    };
  },
});
