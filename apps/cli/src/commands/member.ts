import {path} from '@vitalvault/arguments';
import {parseGenesis} from '@vitalvault/light-client';
import {createMemberKeys, joinOrganisation, memberRequest, replaceMemberKey, systemEnvironment} from '@vitalvault/sdk';
import {Option} from 'commander';
import type {MemberSecrets} from '../clinician/member-home.js';
import {defineCommand, group} from '../define-command.js';
import {paperText, readPaper, writePaper} from '../exchange.js';
import {fields} from '../text/columns.js';

const initCommand = defineCommand({
  name: 'init',
  summary: 'make the keys of a new member of an organisation',
  examples: ['vv member init --home keller --genesis genesis.json'],
  run: async (session) => {
    const genesis = session.genesisToPin();
    const keys = createMemberKeys(systemEnvironment().random);
    const {chainId} = parseGenesis(genesis);
    await session.home.create(
      {kind: 'member', id: keys.member, chainId},
      {keys, tickets: [], sent: [], tags: {}} satisfies MemberSecrets,
      genesis,
    );
    return {
      json: {member: keys.member, chainId},
      text: fields({member: keys.member, ledger: chainId, keys: session.home.dir}),
    };
  },
});

const requestCommand = defineCommand<{out?: string}>({
  name: 'request',
  summary: 'ask the organisation to vouch for her: public keys only',
  options: [new Option('--out <file>', 'write the request').argParser(path)],
  examples: ['vv member request --home keller --out member.json'],
  run: async (session, {out}) => {
    const {keys} = await session.home.secrets<MemberSecrets>('member');
    const request = memberRequest(keys);
    writePaper(out, 'member-request', {request});
    return {json: {member: keys.member, request}, text: fields({member: keys.member, request: out ?? request})};
  },
});

const joinCommand = defineCommand<{in: string}>({
  name: 'submit',
  summary:
    'check that the organisation registers exactly these keys, sign as well, and send; publishes the signed profile',
  options: [new Option('--in <file>', 'what the organisation signed').argParser(path).makeOptionMandatory()],
  examples: ['vv member submit --home keller --in member.signed.json'],
  run: async (session, options) => {
    const {keys} = await session.home.secrets<MemberSecrets>('member');
    const {txId, height} = await joinOrganisation(
      keys,
      session.ledger,
      paperText(readPaper(options.in, 'transaction-part'), 'part'),
    );
    return {json: {member: keys.member, txId, height}, text: fields({member: keys.member, transaction: txId, height})};
  },
});

const replaceKeyCommand = defineCommand({
  name: 'replace-key',
  summary: 'put a new signing key in the place of yours; run it again if it was interrupted',
  examples: ['vv member replace-key --home keller'],
  run: async (session) => {
    const {home, ledger} = session;
    await home.claim();
    const secrets = await home.secrets<MemberSecrets>('member');
    const save = (): Promise<void> => home.writeSecrets(secrets);
    const {keyId} = await replaceMemberKey({keys: secrets.keys, ledger, nonces: home.nonces(), save});
    return {
      json: {member: secrets.keys.member, keyId},
      text: fields({
        member: secrets.keys.member,
        'signing key': keyId,
        'stays as it is': 'your id, your grants and permits, and the encryption key that they are sealed to',
        'if the old file leaked': 'have yourself suspended, register anew, and ask for grants to the new id',
      }),
    };
  },
});

export const memberCommand = group('member', 'for a member of an organisation: keys and registration', [
  initCommand,
  requestCommand,
  joinCommand,
  replaceKeyCommand,
]);
