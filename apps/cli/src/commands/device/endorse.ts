import {path} from '@vitalvault/arguments';
import {ALG_ES256K} from '@vitalvault/contracts';
import {endorseRegistration, idOf} from '@vitalvault/sdk';
import {Option} from 'commander';
import {CliError} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {deviceMemory} from '../../device/device-memory.js';
import type {DeviceSecrets} from '../../device/device-home.js';
import {paperText, readPaper, writePaper} from '../../exchange.js';
import {fields} from '../../text/columns.js';

export const endorseCommand = defineCommand<{in: string; out?: string; newOwner?: boolean}>({
  name: 'endorse',
  summary: "sign the owner's registration: the device proves that it has its key, and remembers its owner",
  options: [
    new Option('--in <file>', 'registration, signed by the owner').argParser(path).makeOptionMandatory(),
    new Option('--out <file>', 'the registration with both signatures').argParser(path),
    new Option('--new-owner', 'sign although it has an owner already, for a device that was sold or given away'),
  ],
  examples: ['vv device endorse --home watch --in registration.json --out registration.signed.json'],
  run: async (session, options) => {
    const {key} = await session.home.secrets<DeviceSecrets>('device');
    const {part, owner, pairedKey} = endorseRegistration(
      paperText(readPaper(options.in, 'transaction-part'), 'part'),
      key,
    );
    const memory = deviceMemory(session.home);
    const {owner: before} = memory.read();
    if (before !== undefined && before !== owner && options.newOwner !== true) {
      throw new CliError('device-owned', `This device belongs to ${before}.`, {
        remedy: 'If it changed hands, say so with --new-owner; the ledger still asks that the old owner removed it.',
      });
    }
    // What it believed of another owner says nothing of this one.
    await memory.update((old) => ({value: {...(before === owner ? old : {}), owner, pairedKey}, result: undefined}));
    writePaper(options.out, 'transaction-part', {part});
    return {
      json: {part, owner, signedBy: idOf({alg: ALG_ES256K, publicKey: pairedKey})},
      text: fields({
        owner,
        'her key': idOf({alg: ALG_ES256K, publicKey: pairedKey}),
        'signed by both': options.out ?? part,
      }),
    };
  },
});
