import {path} from '@vitalvault/arguments';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {writePaper} from '../../exchange.js';
import {openPatient} from '../../patient/patient-home.js';
import {fields} from '../../text/columns.js';

export const cardCommand = defineCommand<{out?: string}>({
  name: 'card',
  summary: 'what she shows to whoever wants to ask her: pseudonym and encryption key',
  options: [new Option('--out <file>', 'write the card').argParser(path)],
  examples: ['vv patient card --home anna --out anna.card.json'],
  run: async (session, {out}) => {
    const {patient} = await openPatient(session, 'look');
    const card = {...patient.card};
    writePaper(out, 'patient-card', card);
    return {
      json: card,
      text: fields({pseudonym: card.patient, 'encryption key': card.encryptionKey, ledger: card.chainId}),
    };
  },
});
