import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {parseSlot} from '../../slots.js';
import {fields} from '../../text/columns.js';

export const removeDeviceCommand = defineCommand<{device: string; distrustFrom?: string}>({
  name: 'remove-device',
  summary: 'take a device off: its records are refused from now on',
  options: [
    new Option('--device <id>', 'id of the device').makeOptionMandatory(),
    new Option(
      '--distrust-from <time>',
      'refuse also what it says of this hour and later, for a device that was lost earlier',
    ),
  ],
  examples: [
    'vv patient remove-device --home anna --device 5f1c…',
    'vv patient remove-device --home anna --device 5f1c… --distrust-from -2d',
  ],
  run: async (session, {device, distrustFrom}) => {
    const {patient} = await openPatient(session);
    const {txId, height} = await patient.removeDevice(
      device,
      distrustFrom === undefined ? undefined : parseSlot(distrustFrom, Date.now()),
    );
    return {json: {device, txId, height}, text: fields({removed: device, transaction: txId, height})};
  },
});
