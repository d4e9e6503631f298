import {requirePeriod} from '../../arguments/period.js';
import {grantId, message, typeName} from '../../arguments/vocabulary.js';
import {path} from '@vitalvault/arguments';
import {PURPOSE} from '@vitalvault/contracts';
import type {AccessTicket} from '@vitalvault/sdk';
import {Option} from 'commander';
import {ownReason} from '../../clinician/own-reason.js';
import {keepRequest, keepTicket, knownTag, openMember, settleRequests} from '../../clinician/member-home.js';
import {EXIT} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {paperHex, readPaper} from '../../exchange.js';
import {slotText, slotTime} from '../../arguments/slots.js';
import {fields} from '../../text/columns.js';

interface RequestOptions {
  card: string;
  grant?: string;
  type?: string;
  from: number;
  to: number;
  purpose: keyof typeof PURPOSE;
  message?: string;
}

export const requestCommand = defineCommand<RequestOptions>({
  name: 'request',
  summary: "ask on the ledger to read; permitted or refused, it is in the patient's log and she is told",
  options: [
    new Option('--card <file>', 'card of the patient').argParser(path).makeOptionMandatory(),
    new Option('--grant <id>', 'id of the grant, if she has one').argParser(grantId),
    new Option(
      '--type <name>',
      'Open mHealth schema name, whose tag a grant told; without it: a type she cannot name',
    ).argParser(typeName),
    new Option('--from <time>', 'first hour').argParser(slotTime).makeOptionMandatory(),
    new Option('--to <time>', 'last hour').argParser(slotTime).makeOptionMandatory(),
    new Option('--purpose <name>', 'purpose of use').choices(Object.keys(PURPOSE)).default('TREAT'),
    new Option('--message <text>', 'words to the patient, sealed to her').argParser(message),
  ],
  examples: [
    'vv clinician request --home keller --card anna.card.json --grant 77ab… --type omh:heart-rate --from 2016-04-01T08:00 --to 2016-04-01T09:00',
  ],
  run: async (session, options) => {
    requirePeriod('', options.from, options.to);
    const opened = await openMember(session, 'change');
    const {secrets, clinician} = opened;
    await settleRequests(session, opened);
    const patient = paperHex(readPaper(options.card, 'patient-card'), 'patient', 20);
    const {from: slotFrom, to: slotTo} = options;
    const startedAt = performance.now();
    const ticket = await clinician.requestAccess(
      {
        patient,
        grantId: options.grant,
        typeName: options.type,
        typeTag: knownTag(secrets, patient, options.type),
        slotFrom,
        slotTo,
        purpose: options.purpose,
        message: options.message,
      },
      (sent) => keepRequest(session, secrets, sent),
    );
    const tookMs = Math.round(performance.now() - startedAt);
    await keepTicket(session, secrets, ticket);
    const reason = ticket.permit ? undefined : await ownReason(session.ledger, secrets, ticket);
    const {height, permit, logIndex} = ticket;
    return {
      json: {
        txId: ticket.txId,
        typeName: ticket.typeName,
        height,
        permit,
        logIndex,
        tookMs,
        ...(reason === undefined ? {} : {rule: reason.rule, reason: reason.reason}),
        releaseUntilHeight: ticket.releaseUntilHeight,
      },
      text: fields({
        decision: permit ? 'permitted' : 'refused',
        reason: reason?.reason,
        type: unnamedText(options, ticket),
        'entry of her log': logIndex,
        transaction: ticket.txId,
        height,
        hours: `${slotText(slotFrom)} to ${slotText(slotTo)}`,
        'fetch with': permit ? `vv clinician fetch --home ${session.home.dir} --tx ${ticket.txId}` : undefined,
      }),
      exit: permit ? EXIT.done : EXIT.refused,
    };
  },
});

/** Only a grant tells the tag of a type. */
function unnamedText({type}: RequestOptions, {typeName}: AccessTicket): string | undefined {
  return type === undefined || typeName !== undefined
    ? undefined
    : `no grant of hers told what ${type} is called: asked for a type without a name; name it with --grant`;
}
