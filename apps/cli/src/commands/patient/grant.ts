import {requirePeriod} from '../../arguments/period.js';
import {grantId, memberId, typeName} from '../../arguments/vocabulary.js';
import {each, wholeNumber} from '@vitalvault/arguments';
import {PURPOSE} from '@vitalvault/contracts';
import type {PurposeName} from '@vitalvault/sdk';
import {Option} from 'commander';
import {CliError} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {parseSlot, slotText, slotTime} from '../../arguments/slots.js';
import {fields} from '../../text/columns.js';

interface GrantOptions {
  to: string;
  type?: string[];
  allTypes?: boolean;
  purpose: PurposeName[];
  dataFrom: number;
  dataTo: number;
  accessFrom: number;
  accessTo: number;
  maxReads?: number;
  grant?: string;
}

export const grantCommand = defineCommand<GrantOptions>({
  name: 'grant',
  summary: 'let a member read: which types, which hours, for what, until when',
  options: [
    new Option('--to <member>', "id of the member; checked against the ledger and her organisation's signature")
      .argParser(memberId)
      .makeOptionMandatory(),
    new Option('--type <names...>', 'Open mHealth schema names').argParser(each(typeName)).conflicts('allTypes'),
    new Option(
      '--all-types',
      'every type; keys of a type that comes later are handed over when the grant is put again',
    ),
    new Option('--purpose <names...>', 'purposes of use').choices(Object.keys(PURPOSE)).default(['TREAT']),
    new Option('--data-from <time>', 'first hour of the readings').argParser(slotTime).makeOptionMandatory(),
    new Option('--data-to <time>', 'last hour of the readings').argParser(slotTime).makeOptionMandatory(),
    new Option('--access-from <time>', 'first hour in which she may ask')
      .argParser(slotTime)
      .default(parseSlot('now', Date.now()), 'now'),
    new Option('--access-to <time>', 'last hour in which she may ask')
      .argParser(slotTime)
      .default(parseSlot('+30d', Date.now()), '+30d'),
    new Option('--max-reads <n>', 'how often she may be permitted, in all; left out: no limit').argParser(
      wholeNumber({least: 1, most: 2 ** 32 - 1}),
    ),
    new Option('--grant <id>', 'alter this grant instead of making a new one').argParser(grantId),
  ],
  examples: [
    'vv patient grant --home anna --to 9c41… --type omh:heart-rate --purpose TREAT --data-from 2016-04-01 --data-to 2016-04-02T23:00 --access-to +7d',
  ],
  run: async (session, options) => {
    if (options.type === undefined && options.allTypes !== true)
      throw new CliError('type-missing', 'Which types?', {remedy: 'Give --type omh:heart-rate, or --all-types.'});
    refuseUseless(options);
    const {grants} = await openPatient(session);
    const granted = await grants.put({
      grantee: options.to,
      types: options.type ?? 'all',
      purposes: options.purpose,
      dataFromSlot: options.dataFrom,
      dataToSlot: options.dataTo,
      accessFromSlot: options.accessFrom,
      accessToSlot: options.accessTo,
      ...(options.maxReads === undefined ? {} : {maxReads: options.maxReads}),
      ...(options.grant === undefined ? {} : {grantId: options.grant}),
    });
    const {version, result, grantee, wrapped} = granted;
    return {
      json: {
        grantId: granted.grantId,
        version,
        txId: result.txId,
        height: result.height,
        wrapped,
        grantee: grantee.member,
        name: grantee.name,
        title: grantee.title,
        organisation: grantee.organisationName,
      },
      text: fields({
        grant: granted.grantId,
        version,
        to: `${grantee.title} ${grantee.name}, ${grantee.organisationName}`.trim(),
        readings: `${slotText(options.dataFrom)} to ${slotText(options.dataTo)}`,
        transaction: result.txId,
        height: result.height,
        'epoch keys': `${wrapped} sealed to her`,
      }),
    };
  },
});

/** A grant that nobody could ever use is a typo. @throws CliError `period-empty` */
function refuseUseless({dataFrom, dataTo, accessFrom, accessTo}: GrantOptions): void {
  requirePeriod('--data', dataFrom, dataTo);
  requirePeriod('--access', accessFrom, accessTo);
  if (accessTo < parseSlot('now', Date.now()))
    throw new CliError('period-empty', 'She could never use it: the last hour in which she may ask is over.', {
      remedy: 'Give a later --access-to, for example +30d.',
    });
}
