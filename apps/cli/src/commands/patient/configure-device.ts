import {typeName} from '../../arguments/vocabulary.js';
import {each, path} from '@vitalvault/arguments';
import {decodeCanonical} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {decodePart, submit, txOfPart} from '@vitalvault/sdk';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {paperText, readPaper, writePaper} from '../../exchange.js';
import {openPatient} from '../../patient/patient-home.js';
import {fields} from '../../text/columns.js';

export const configureDeviceCommand = defineCommand<{in: string; type: string[]; out?: string}>({
  name: 'configure-device',
  summary: 'send the registration that both signed, and sign the configuration of the device',
  options: [
    new Option('--in <file>', "registration with the device's signature").argParser(path).makeOptionMandatory(),
    new Option('--type <names...>', 'types that it may send, as registered')
      .argParser(each(typeName))
      .makeOptionMandatory(),
    new Option('--out <file>', 'the configuration, for the device').argParser(path),
  ],
  examples: [
    'vv patient configure-device --home anna --in registration.signed.json --type omh:heart-rate --out watch.config.json',
  ],
  run: async (session, options) => {
    const {patient} = await openPatient(session);
    const part = decodePart(paperText(readPaper(options.in, 'transaction-part'), 'part'));
    const {txId, height, data} = await submit(session.ledger, txOfPart(part));
    const {registration} = decodeCanonical(RegisterDeviceResultSchema, data);
    const {organisation, services} = session.endpoints;
    const config = await patient.deviceConfig({
      registration,
      typeNames: options.type,
      custodians: [organisation],
      gateways: [services.ingest],
    });
    writePaper(options.out, 'device-config', {config});
    return {
      json: {txId, height, registration, config},
      text: fields({registration, transaction: txId, height, 'for the device': options.out ?? config}),
    };
  },
});
