import {typeName} from '../../arguments/vocabulary.js';
import {each, path} from '@vitalvault/arguments';
import {DEVICE_CLASS} from '@vitalvault/contracts';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {paperHex, readPaper, writePaper} from '../../exchange.js';
import {openPatient} from '../../patient/patient-home.js';
import {parseSlot, slotText, slotTime} from '../../arguments/slots.js';
import {fields} from '../../text/columns.js';

interface RegisterOptions {
  device: string;
  type: string[];
  from: number;
  class: keyof typeof DEVICE_CLASS;
  out?: string;
}

export const registerDeviceCommand = defineCommand<RegisterOptions>({
  name: 'register-device',
  summary: 'sign the registration of a device; the device signs too, then configure-device sends it',
  options: [
    new Option('--device <file>', 'card of the device').argParser(path).makeOptionMandatory(),
    new Option('--type <names...>', 'types that it may send').argParser(each(typeName)).makeOptionMandatory(),
    new Option('--from <time>', 'first hour that it may send readings of')
      .argParser(slotTime)
      .default(parseSlot('now', Date.now()), 'now'),
    new Option('--class <name>', 'what it is').choices(Object.keys(DEVICE_CLASS)).default('wearable'),
    new Option('--out <file>', 'the registration, for the device to sign').argParser(path),
  ],
  examples: [
    'vv patient register-device --home anna --device watch.card.json --type omh:heart-rate --from 2016-04-01 --out registration.json',
  ],
  run: async (session, options) => {
    const card = readPaper(options.device, 'device-card');
    const {patient} = await openPatient(session);
    const part = await patient.registerDevice({
      deviceKey: {alg: Number(card['alg']), publicKey: paperHex(card, 'publicKey', 33)},
      typeNames: options.type,
      deviceClass: options.class,
      fromSlot: options.from,
    });
    writePaper(options.out, 'transaction-part', {part});
    return {
      json: {device: card['device'], part},
      text: fields({
        device: String(card['device']),
        types: options.type.join(', '),
        from: slotText(options.from),
        'for the device': options.out ?? part,
      }),
    };
  },
});
