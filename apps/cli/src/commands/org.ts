import {memberId, shortText} from '../arguments/vocabulary.js';
import {path} from '@vitalvault/arguments';
import {toHex} from '@vitalvault/contracts';
import {MEMBER_ROLE} from '@vitalvault/contracts';
import {parseGenesis} from '@vitalvault/light-client';
import {Option} from 'commander';
import {defineCommand, group} from '../define-command.js';
import {paperText, readPaper, writePaper} from '../exchange.js';
import {openOrganisation} from '../org/organisation-key.js';
import type {OfficeRoles, OrganisationKeyOptions} from '../org/organisation-key.js';
import {columns, fields} from '../text/columns.js';

const SPONSOR = ['sponsor'] as const;
const OFFICE = ['sponsor', 'admin'] as const;
const keyOption = (roles: OfficeRoles): Option =>
  new Option('--key <file>', `${roles.join(' or ')} key of the organisation (mode 0600)`)
    .argParser(path)
    .makeOptionMandatory();
const SPONSOR_KEY = 'var/org/0/sponsor.key.json';

const sponsorCommand = defineCommand<OrganisationKeyOptions & {in: string; out?: string}>({
  name: 'sponsor',
  summary: 'sign the enrolment of a patient whom the organisation knows',
  home: false,
  options: [
    keyOption(SPONSOR),
    new Option('--in <file>', 'request of the patient').argParser(path).makeOptionMandatory(),
    new Option('--out <file>', 'the signed enrolment, for her').argParser(path),
  ],
  examples: [`vv org sponsor --key ${SPONSOR_KEY} --in enrol.json --out enrol.signed.json`],
  run: async (session, options) => {
    const {office, name} = openOrganisation(session, options, SPONSOR);
    const part = await office.sponsor(paperText(readPaper(options.in, 'enrolment-request'), 'request'));
    writePaper(options.out, 'transaction-part', {part});
    return {json: {organisation: name, part}, text: fields({sponsor: name, 'for the patient': options.out ?? part})};
  },
});

const endorseCommand = defineCommand<
  OrganisationKeyOptions & {in: string; out?: string; name: string; title: string; role: keyof typeof MEMBER_ROLE}
>({
  name: 'endorse',
  summary: 'vouch for a member: sign her registration and her profile',
  home: false,
  options: [
    keyOption(OFFICE),
    new Option('--in <file>', 'request of the member').argParser(path).makeOptionMandatory(),
    new Option('--name <text>', 'her name').argParser(shortText).makeOptionMandatory(),
    new Option('--title <text>', 'her title or post').argParser(shortText).default(''),
    new Option('--role <name>', 'what she is').choices(Object.keys(MEMBER_ROLE)).default('physician'),
    new Option('--out <file>', 'the signed registration, for her').argParser(path),
  ],
  examples: [
    `vv org endorse --key ${SPONSOR_KEY} --in member.json --name "Ada Keller" --title Dr. --out member.signed.json`,
  ],
  run: async (session, options) => {
    const {office, name} = openOrganisation(session, options, OFFICE);
    const request = paperText(readPaper(options.in, 'member-request'), 'request');
    const part = await office.endorse({request, name: options.name, title: options.title, role: options.role});
    writePaper(options.out, 'transaction-part', {part});
    return {
      json: {organisation: name, part},
      text: fields({
        organisation: name,
        'vouches for': `${options.title} ${options.name}`.trim(),
        'for the member': options.out ?? part,
      }),
    };
  },
});

const suspendCommand = defineCommand<OrganisationKeyOptions & {member: string}>({
  name: 'suspend',
  summary: 'suspend a member: every request of hers is refused from that block on',
  home: false,
  options: [
    keyOption(OFFICE),
    new Option('--member <id>', 'id of the member').argParser(memberId).makeOptionMandatory(),
  ],
  examples: [`vv org suspend --key ${SPONSOR_KEY} --member 9c41…`],
  run: async (session, options) => {
    const {txId, height} = await openOrganisation(session, options, OFFICE).office.suspend(options.member);
    return {
      json: {member: options.member, txId, height},
      text: fields({suspended: options.member, transaction: txId, height}),
    };
  },
});

const infoCommand = defineCommand({
  name: 'info',
  summary: 'the organisations and validators of the genesis',
  home: false,
  examples: ['vv org info --genesis var/genesis.json'],
  run: (session) => {
    const {chainId, genesis} = parseGenesis(session.genesis());
    const organisations = genesis.organisations.map(({id, name, validators, keys}) => ({
      id: toHex(id),
      name,
      validators: validators.length,
      keys: keys.length,
    }));
    return {
      json: {chainId, organisations},
      text: [
        `ledger ${chainId}`,
        ...columns(organisations.map(({id, name, validators}) => [id, name, `${validators} validator(s)`])),
      ],
    };
  },
});

export const orgCommand = group('org', 'for the office of an organisation: sponsor patients, vouch for members', [
  sponsorCommand,
  endorseCommand,
  suspendCommand,
  infoCommand,
]);
