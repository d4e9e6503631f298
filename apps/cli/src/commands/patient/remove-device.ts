import {deviceId} from '../../arguments/vocabulary.js';
import {Option} from 'commander';
import {wholeNumber} from '@vitalvault/arguments';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {slotTime} from '../../arguments/slots.js';
import {fields} from '../../text/columns.js';
import {transactionOf} from '../../text/ending-text.js';

interface Options {
  device: string;
  distrustFrom?: number;
  registration?: number;
}

export const removeDeviceCommand = defineCommand<Options>({
  name: 'remove-device',
  summary: 'take a device off: its records are refused from now on; again with an earlier time: distrust more',
  options: [
    new Option('--device <id>', 'id of the device').argParser(deviceId).makeOptionMandatory(),
    new Option(
      '--distrust-from <time>',
      'refuse also what it says of this hour and later, for a device that was lost earlier',
    ).argParser(slotTime),
    new Option('--registration <number>', 'an earlier registration of it, to distrust more of what it said').argParser(
      wholeNumber({least: 1, most: 4_294_967_295}),
    ),
  ],
  examples: [
    'vv patient remove-device --home anna --device 5f1c…',
    'vv patient remove-device --home anna --device 5f1c… --distrust-from -2d',
  ],
  run: async (session, {device, distrustFrom, registration}) => {
    const {patient} = await openPatient(session);
    const result = await patient.removeDevice(device, {
      ...(distrustFrom === undefined ? {} : {distrustFromSlot: distrustFrom}),
      ...(registration === undefined ? {} : {registration}),
    });
    return {
      json: {device, txId: result?.txId, height: result?.height},
      text: fields({removed: device, ...transactionOf(result)}),
    };
  },
});
