import {PURPOSE} from '@vitalvault/contracts';
import type {PurposeName} from '@vitalvault/sdk';
import {Option} from 'commander';
import {CliError} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {parseSlot, slotText} from '../../slots.js';
import {fields} from '../../text/columns.js';

interface GrantOptions {
  to: string;
  type?: string[];
  allTypes?: boolean;
  purpose: PurposeName[];
  dataFrom: string;
  dataTo: string;
  accessFrom: string;
  accessTo: string;
  maxReads?: string;
  grant?: string;
}

export const grantCommand = defineCommand<GrantOptions>({
  name: 'grant',
  summary: 'let a member read: which types, which hours, for what, until when',
  options: [
    new Option(
      '--to <member>',
      "id of the member; checked against the ledger and her organisation's signature",
    ).makeOptionMandatory(),
    new Option('--type <names...>', 'Open mHealth schema names').conflicts('allTypes'),
    new Option('--all-types', 'every type, also later ones'),
    new Option('--purpose <names...>', 'purposes of use').choices(Object.keys(PURPOSE)).default(['TREAT']),
    new Option('--data-from <time>', 'first hour of the readings').makeOptionMandatory(),
    new Option('--data-to <time>', 'last hour of the readings').makeOptionMandatory(),
    new Option('--access-from <time>', 'first hour in which she may ask').default('now'),
    new Option('--access-to <time>', 'last hour in which she may ask').default('+30d'),
    new Option('--max-reads <n>', 'how often she may be permitted, in all'),
    new Option('--grant <id>', 'alter this grant instead of making a new one'),
  ],
  examples: [
    'vv patient grant --home anna --to 9c41… --type omh:heart-rate --purpose TREAT --data-from 2016-04-01 --data-to 2016-04-02T23:00 --access-to +7d',
  ],
  run: async (session, options) => {
    if (options.type === undefined && options.allTypes !== true)
      throw new CliError('type-missing', 'Which types?', {remedy: 'Give --type omh:heart-rate, or --all-types.'});
    const {grants} = await openPatient(session);
    const slot = (text: string) => parseSlot(text, Date.now());
    const granted = await grants.put({
      grantee: options.to,
      types: options.type ?? 'all',
      purposes: options.purpose,
      dataFromSlot: slot(options.dataFrom),
      dataToSlot: slot(options.dataTo),
      accessFromSlot: slot(options.accessFrom),
      accessToSlot: slot(options.accessTo),
      ...(options.maxReads === undefined ? {} : {maxReads: Number(options.maxReads)}),
      ...(options.grant === undefined ? {} : {grantId: options.grant}),
    });
    const {grantId, version, result, grantee, wrapped} = granted;
    return {
      json: {
        grantId,
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
        grant: grantId,
        version,
        to: `${grantee.title} ${grantee.name}, ${grantee.organisationName}`.trim(),
        readings: `${slotText(slot(options.dataFrom))} to ${slotText(slot(options.dataTo))}`,
        transaction: result.txId,
        height: result.height,
        'epoch keys': `${wrapped} sealed to her`,
      }),
    };
  },
});
