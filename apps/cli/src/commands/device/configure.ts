import {path} from '@vitalvault/arguments';
import {toHex} from '@vitalvault/contracts';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {takeConfig} from '../../device/device-home.js';
import {paperText, readPaper} from '../../exchange.js';
import {fields} from '../../text/columns.js';

export const configureCommand = defineCommand<{in: string}>({
  name: 'configure',
  summary: "take the configuration that the owner signed; an older one, or anybody else's, is refused",
  options: [
    new Option('--in <file>', 'configuration from `vv patient configure-device`').argParser(path).makeOptionMandatory(),
  ],
  examples: ['vv device configure --home watch --in watch.config.json'],
  run: async (session, options) => {
    const config = await takeConfig(session, paperText(readPaper(options.in, 'device-config'), 'config'));
    const json = {
      version: config.version,
      patient: toHex(config.patient),
      registration: config.registration,
      types: config.typeNames,
    };
    return {
      json,
      text: fields({
        version: config.version,
        patient: json.patient,
        registration: config.registration,
        types: config.typeNames.join(', '),
        gateways: config.gateways.join(', '),
      }),
    };
  },
});
