import {openMember, settleRequests} from '../../clinician/member-home.js';
import {slotText} from '../../arguments/slots.js';
import {defineCommand} from '../../define-command.js';
import {columns} from '../../text/columns.js';

export const requestsCommand = defineCommand({
  name: 'requests',
  summary: 'her permits, for fetching; also of requests whose answer was lost',
  examples: ['vv clinician requests --home keller'],
  run: async (session) => {
    const opened = await openMember(session, 'change');
    const undecided = await settleRequests(session, opened);
    const permits = opened.secrets.tickets.map(({txId, patient, typeName, slotFrom, slotTo, height}) => ({
      txId,
      patient,
      typeName,
      slotFrom,
      slotTo,
      height,
    }));
    return {
      json: {permits, undecided},
      text: [
        ...columns(
          permits.map(({txId, patient, slotFrom, slotTo}) => [
            txId,
            `patient ${patient.slice(0, 8)}…`,
            `${slotText(slotFrom)} to ${slotText(slotTo)}`,
          ]),
        ),
        ...(permits.length === 0 ? ['No permits.'] : []),
        ...(undecided === 0 ? [] : [`${undecided} not decided yet: ask again in a while`]),
      ],
    };
  },
});
