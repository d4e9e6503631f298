import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';

/** Lists of policy's projection, as they are. */
export const grantsCommand = defineCommand({
  name: 'grants',
  summary: 'the grants that stand and stood',
  examples: ['vv patient grants --home anna'],
  run: async (session) => answerOf(await (await openPatient(session, 'look')).patient.grants()),
});

export const devicesCommand = defineCommand({
  name: 'devices',
  summary: 'the devices that are and were registered',
  examples: ['vv patient devices --home anna'],
  run: async (session) => answerOf(await (await openPatient(session, 'look')).patient.devices()),
});

function answerOf(list: unknown) {
  return {json: list as Record<string, unknown>, text: JSON.stringify(list, undefined, 2).split('\n')};
}
