import {grantId} from '../../arguments/vocabulary.js';
import {Option} from 'commander';
import {EXIT} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {slotText} from '../../arguments/slots.js';
import {columns, fields} from '../../text/columns.js';
import {transactionOf} from '../../text/ending-text.js';
import {epochProgress} from '../../text/epoch-progress.js';

export const revokeCommand = defineCommand<{grant: string; unlisted?: boolean}>({
  name: 'revoke',
  summary: 'revoke a grant for good and begin new epoch keys in the same act; what was read cannot be unread',
  options: [
    new Option('--grant <id>', 'id of the grant').argParser(grantId).makeOptionMandatory(),
    new Option(
      '--unlisted',
      'also an id that neither this home nor the ledger knows: another copy of it sent the grant',
    ),
  ],
  examples: ['vv patient revoke --home anna --grant 77ab…'],
  run: async (session, {grant, unlisted}) => {
    const {grants} = await openPatient(session);
    const startedAt = performance.now();
    const {result, wasOver, outcomes, rewrapped} = await grants.revoke(grant, {
      onProgress: epochProgress(session),
      unlisted,
    });
    const tookMs = Math.round(performance.now() - startedAt);
    return {
      json: {grantId: grant, wasOver, tookMs, txId: result?.txId, height: result?.height, epochs: outcomes, rewrapped},
      text: [
        ...fields({
          [wasOver ? 'was revoked already' : 'revoked']: grant,
          ...transactionOf(result),
          'keys handed on to': `${rewrapped.length} other grants`,
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
      // Revoked it is; what comes of a type without a new epoch is still sealed to the old key.
      exit: outcomes.every(({code}) => code === 0) ? EXIT.done : EXIT.refused,
    };
  },
});
