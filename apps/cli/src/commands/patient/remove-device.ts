import {deviceId} from '../../arguments/vocabulary.js';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {slotTime} from '../../arguments/slots.js';
import {fields} from '../../text/columns.js';

export const removeDeviceCommand = defineCommand<{device: string; distrustFrom?: number}>({
  name: 'remove-device',
  summary: 'take a device off: its records are refused from now on',
  options: [
    new Option('--device <id>', 'id of the device').argParser(deviceId).makeOptionMandatory(),
    new Option(
      '--distrust-from <time>',
      'refuse also what it says of this hour and later, for a device that was lost earlier',
    ).argParser(slotTime),
  ],
  examples: [
    'vv patient remove-device --home anna --device 5f1c…',
    'vv patient remove-device --home anna --device 5f1c… --distrust-from -2d',
  ],
  run: async (session, {device, distrustFrom}) => {
    const {patient} = await openPatient(session);
    const {txId, height} = await patient.removeDevice(device, distrustFrom);
    return {json: {device, txId, height}, text: fields({removed: device, transaction: txId, height})};
  },
});
