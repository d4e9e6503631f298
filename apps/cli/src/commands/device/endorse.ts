import {path} from '@vitalvault/arguments';
import {ALG_ES256K} from '@vitalvault/contracts';
import {endorseRegistration, idOf} from '@vitalvault/sdk';
import type {StoredKey} from '@vitalvault/sdk';
import {Option} from 'commander';
import {FileDeviceStores} from '../../actor/file-device-stores.js';
import type {Home} from '../../actor/home.js';
import {folderKeys} from '../../actor/sealed-folder.js';
import {CliError} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {deviceMemory} from '../../device/device-memory.js';
import type {DeviceSecrets} from '../../device/device-home.js';
import {SentReadings} from '../../device/sent-readings.js';
import {paperText, readPaper, writePaper} from '../../exchange.js';
import {fields} from '../../text/columns.js';

export const endorseCommand = defineCommand<{in: string; out?: string; newOwner?: boolean}>({
  name: 'endorse',
  summary: "sign the owner's registration: the device proves that it has its key, and remembers its owner",
  options: [
    new Option('--in <file>', 'registration, signed by the owner').argParser(path).makeOptionMandatory(),
    new Option('--out <file>', 'the registration with both signatures').argParser(path),
    new Option(
      '--new-owner',
      'sign although it has an owner already, for a device that was sold or given away: what it keeps of that one is forgotten',
    ),
  ],
  examples: ['vv device endorse --home watch --in registration.json --out registration.signed.json'],
  run: async (session, options) => {
    const {key} = await session.home.secrets<DeviceSecrets>('device');
    const {part, owner, pairedKey, fromSlot} = endorseRegistration(
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
    const forgotten = before === undefined || before === owner ? 0 : await forget(session.home, key);
    // What it believed of another owner says nothing of this one.
    await memory.update((old) => ({
      value: {...(before === owner ? old : {}), owner, pairedKey, fromSlot},
      result: undefined,
    }));
    writePaper(options.out, 'transaction-part', {part});
    return {
      json: {part, owner, forgotten, signedBy: idOf({alg: ALG_ES256K, publicKey: pairedKey})},
      text: fields({
        owner,
        'her key': idOf({alg: ALG_ES256K, publicKey: pairedKey}),
        'signed by both': options.out ?? part,
        ...(forgotten === 0 ? {} : {'unsent records of the owner before, forgotten': forgotten}),
      }),
    };
  },
});

// Whoever holds the device now must not read what the owner before measured.
async function forget(home: Home, key: StoredKey): Promise<number> {
  await home.claim();
  const keys = folderKeys(key.privateKey);
  new SentReadings(home, keys).forget();
  return new FileDeviceStores(home, keys).forgetReadings();
}
