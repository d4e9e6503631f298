import {EXIT} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {slotText} from '../../arguments/slots.js';
import {columns, fields} from '../../text/columns.js';
import {epochProgress} from '../../text/epoch-progress.js';

export const replaceKeyCommand = defineCommand({
  name: 'replace-key',
  summary: 'put a new signing key in the place of yours, by your recovery key; run it again if it was interrupted',
  examples: ['vv patient replace-key --home anna'],
  run: async (session) => {
    const {patient} = await openPatient(session);
    const {keyId, successions, outcomes, rewrapped} = await patient.replaceSigningKey(epochProgress(session));
    return {
      json: {keyId, successions, epochs: outcomes, rewrapped},
      text: [
        ...fields({
          'signing key': keyId,
          replacement: successions,
          'keys handed on to': `${rewrapped.length} grants`,
          devices:
            'believe the new key as soon as they ask for epoch keys; one that was stolen: vv patient remove-device',
          permits: 'that stand go on until they end; to end one: vv patient revoke its grant',
        }),
        ...columns(
          outcomes.map(({typeName, epoch, fromSlot, codeName}) => [
            typeName,
            `epoch ${epoch}`,
            `from ${slotText(fromSlot)}`,
            codeName === 'ok' ? 'published' : `refused: ${codeName}; begin it with publish-keys --rotate`,
          ]),
        ),
      ],
      exit: outcomes.every(({code}) => code === 0) ? EXIT.done : EXIT.refused,
    };
  },
});
