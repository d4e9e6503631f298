import {typeName} from '../../arguments/vocabulary.js';
import {each} from '@vitalvault/arguments';
import type {StatementOutcome, TxResult} from '@vitalvault/sdk';
import {Option} from 'commander';
import type {Answer} from '../../answer.js';
import {EXIT} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {parseSlot, slotText, slotTime} from '../../arguments/slots.js';
import {columns} from '../../text/columns.js';
import {epochProgress} from '../../text/epoch-progress.js';

export const publishKeysCommand = defineCommand<{type: string[]; from: number; rotate?: boolean}>({
  name: 'publish-keys',
  summary: 'publish the first epoch key of each type, or begin the next one with --rotate',
  options: [
    new Option('--type <names...>', 'Open mHealth schema names').argParser(each(typeName)).makeOptionMandatory(),
    new Option('--from <time>', 'first hour that the first epoch covers; again with an earlier one: extend it')
      .argParser(slotTime)
      .default(parseSlot('now', Date.now()), 'now'),
    new Option('--rotate', 'begin a new epoch now, and hand its keys to the grantees that stand'),
  ],
  examples: [
    'vv patient publish-keys --home anna --type omh:heart-rate --from 2016-04-01',
    'vv patient publish-keys --home anna --type omh:heart-rate --rotate',
  ],
  run: async (session, {type, from, rotate}) => {
    const {patient} = await openPatient(session);
    return toAnswer(
      rotate === true ? await patient.rotate(type, epochProgress(session)) : await patient.publishEpochs(type, from),
    );
  },
});

function toAnswer({results, outcomes}: {results: TxResult[]; outcomes: StatementOutcome[]}): Answer {
  const result = results.at(-1);
  const rows = outcomes.map(({typeName, epoch, fromSlot, codeName}) => [
    typeName,
    `epoch ${epoch}`,
    `from ${slotText(fromSlot)}`,
    codeName === 'ok' ? 'published' : `refused: ${codeName}`,
  ]);
  return {
    json: {txId: result?.txId, height: result?.height, epochs: outcomes},
    text: rows.length === 0 ? ['Every one of these types has an epoch already.'] : columns(rows),
    exit: outcomes.every(({code}) => code === 0) ? EXIT.done : EXIT.refused,
  };
}
