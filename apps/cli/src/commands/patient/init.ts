import {parseGenesis} from '@vitalvault/light-client';
import {createPatientKeys, systemEnvironment} from '@vitalvault/sdk';
import {defineCommand} from '../../define-command.js';
import {fields} from '../../text/columns.js';

export const initCommand = defineCommand({
  name: 'init',
  summary: 'make the keys of a new patient; they never leave this directory unencrypted',
  examples: ['vv patient init --home anna --genesis genesis.json'],
  run: async (session) => {
    const genesis = session.genesisToPin();
    const {chainId} = parseGenesis(genesis);
    const keys = createPatientKeys(systemEnvironment().random);
    await session.home.create({kind: 'patient', id: keys.patient, chainId}, keys, genesis);
    return {
      json: {patient: keys.patient, chainId},
      text: fields({pseudonym: keys.patient, ledger: chainId, keys: session.home.dir}),
    };
  },
});
