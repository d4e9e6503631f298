import {path} from '@vitalvault/arguments';
import {enrol} from '@vitalvault/sdk';
import type {PatientKeys} from '@vitalvault/sdk';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {paperText, readPaper} from '../../exchange.js';
import {fields} from '../../text/columns.js';

export const enrolCommand = defineCommand<{in: string}>({
  name: 'enrol',
  summary: 'check that the sponsor enrols exactly these keys, sign as well, and send',
  options: [new Option('--in <file>', 'what the organisation signed').argParser(path).makeOptionMandatory()],
  examples: ['vv patient enrol --home anna --in enrol.signed.json'],
  run: async (session, options) => {
    const keys = await session.home.secrets<PatientKeys>('patient');
    const {txId, height} = await enrol(
      keys,
      session.ledger,
      paperText(readPaper(options.in, 'transaction-part'), 'part'),
    );
    return {
      json: {patient: keys.patient, txId, height},
      text: fields({pseudonym: keys.patient, transaction: txId, height}),
    };
  },
});
