import {ROLES} from '@vitalvault/genesis';
import type {Plan} from '../../src/identities/plan.js';

const secretsOf = (o: number) =>
  Object.fromEntries(
    ROLES.map((role) => [role, `r-org${String(o)}-${role}`]),
  ) as Plan['organisations'][number]['secrets'];

/** A release with two organisations, two validators and three IPFS peers of its own. */
export const LOCAL: Plan = {
  chainId: 'vitalvault-test',
  mode: 'local',
  ownOrganisation: 0,
  organisations: [
    {name: 'Hospital North', secrets: secretsOf(0)},
    {name: 'Hospital East', secrets: secretsOf(1)},
  ],
  validators: [
    {organisation: 0, secret: 'r-validator-0', address: 'r-validator-0:26656'},
    {organisation: 1, secret: 'r-validator-1', address: 'r-validator-1:26656'},
  ],
  ipfs: {
    secret: 'r-ipfs',
    peers: [0, 1, 2].map((i) => ({
      kubo: `/dns4/r-ipfs-${String(i)}/tcp/4001`,
      cluster: `/dns4/r-ipfs-${String(i)}/tcp/9096`,
    })),
  },
  stores: {ledger: [], ipfs: []},
  passwords: [{secret: 'r-postgres', key: 'password'}],
  capacity: {keys: 100_000, leaves: 1_000_000},
  memory: {heapMiB: 192, limitMiB: 448},
  configMap: 'r-consortium',
  labels: {},
  annotations: {},
};

/** A hospital that joins others with one validator. */
export const JOINING: Plan = {
  ...LOCAL,
  mode: 'join',
  organisations: LOCAL.organisations.slice(0, 1),
  validators: LOCAL.validators.slice(0, 1),
};
