import type {DueEnding} from '@vitalvault/sdk';
import type {Answer} from '../../answer.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {dueText} from '../../text/ending-text.js';

/** Lists of policy's projection, as they are; and what of hers the ledger has not proven to be over. */
export const grantsCommand = defineCommand({
  name: 'grants',
  summary: 'the grants that stand and stood',
  examples: ['vv patient grants --home anna'],
  run: async (session) => {
    const {patient, keys} = await openPatient(session, 'look');
    return answerOf(await patient.grants(), keys.endingsDue, 'revocation');
  },
});

export const devicesCommand = defineCommand({
  name: 'devices',
  summary: 'the devices that are and were registered',
  examples: ['vv patient devices --home anna'],
  run: async (session) => {
    const {patient, keys} = await openPatient(session, 'look');
    return answerOf(await patient.devices(), keys.endingsDue, 'removal');
  },
});

function answerOf(list: unknown, endings: readonly DueEnding[], kind: DueEnding['kind']): Answer {
  const notProven = endings.filter((ending) => ending.kind === kind);
  return {
    json: {...(list as Record<string, unknown>), ...(notProven.length === 0 ? {} : {notProven})},
    text: [...JSON.stringify(list, undefined, 2).split('\n'), ...notProven.map(dueText)],
  };
}
