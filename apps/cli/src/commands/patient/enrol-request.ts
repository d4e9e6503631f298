import {path} from '@vitalvault/arguments';
import {enrolmentRequest} from '@vitalvault/sdk';
import type {PatientKeys} from '@vitalvault/sdk';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {writePaper} from '../../exchange.js';
import {fields} from '../../text/columns.js';

export const enrolRequestCommand = defineCommand<{out?: string}>({
  name: 'enrol-request',
  summary: 'ask an organisation to sponsor the enrolment: public keys only',
  options: [new Option('--out <file>', 'write the request').argParser(path)],
  examples: ['vv patient enrol-request --home anna --out enrol.json'],
  run: async (session, {out}) => {
    const keys = await session.home.secrets<PatientKeys>('patient');
    const request = enrolmentRequest(keys);
    writePaper(out, 'enrolment-request', {request});
    return {json: {patient: keys.patient, request}, text: fields({pseudonym: keys.patient, request: out ?? request})};
  },
});
