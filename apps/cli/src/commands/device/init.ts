import {path} from '@vitalvault/arguments';
import {deviceIdOf, newSigningKey, systemEnvironment} from '@vitalvault/sdk';
import {Option} from 'commander';
import {parseGenesis} from '@vitalvault/light-client';
import {defineCommand} from '../../define-command.js';
import type {DeviceSecrets} from '../../device/device-home.js';
import {writePaper} from '../../exchange.js';
import {fields} from '../../text/columns.js';

export const initCommand = defineCommand<{out?: string}>({
  name: 'init',
  summary: 'make the key of a new device',
  options: [new Option('--out <file>', "write the device's card (its public key) for its owner").argParser(path)],
  examples: ['vv device init --home watch --out watch.card.json'],
  run: async (session, {out}) => {
    const genesis = session.genesisToPin();
    const key = newSigningKey(systemEnvironment().random);
    const id = deviceIdOf(key);
    await session.home.create(
      {kind: 'device', id, chainId: parseGenesis(genesis).chainId},
      {key} satisfies DeviceSecrets,
      genesis,
    );
    const card = {device: id, alg: key.alg, publicKey: key.publicKey};
    writePaper(out, 'device-card', card);
    return {json: card, text: fields({device: id, 'public key': key.publicKey})};
  },
});
