import {encodeCanonical, fromHex, LIMITS, ORG_ROLE} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {parseGenesis} from '@vitalvault/light-client';
import {DEFAULT_CAPACITY} from './capacity.js';
import type {Capacity} from './capacity.js';
import type {Organisation} from './organisation-keys.js';

/**
 * A validator of the genesis: whose it is, by the organisation's id, its Ed25519 key and its node's id (40 hex
 * digits).
 */
export interface GenesisValidator {
  organisation: string;
  publicKey: Uint8Array;
  nodeId: string;
}

const VALIDATOR_POWER = 10n;

/** @spec docs/protocol.md: parameters of the ledger and their values at genesis. */
const PARAMETERS = {
  rights: {burst: 64, refill: 1, seconds: 3_600},
  accessRequests: {burst: 512, refill: 1, seconds: 10},
  deviceEntries: {burst: 100_000, refill: 1, seconds: 10},
  ownerEntries: {burst: 100_000, refill: 1, seconds: 10},
  organisationEntries: {burst: 500_000, refill: 64, seconds: 1},
  enrolments: {burst: 1_024, refill: 1, seconds: 60},
  refusals: {burst: 32, refill: 1, seconds: 21_600},
  requests: {burst: 256, refill: 1, seconds: 600},
  organisationRefusals: {burst: 128, refill: 1, seconds: 10_800},
  organisationRequests: {burst: 1_024, refill: 1, seconds: 300},
  suspensions: {burst: 1_024, refill: 1, seconds: 60},
  successions: {burst: 4, refill: 1, seconds: 86_400},
  maxBlockBytes: 4 * 1024 * 1024,
  releaseBlocks: 1_200,
  releaseSeconds: 3_600,
  maxExpiryBlocks: 200_000n,
  maxExpirySeconds: 86_400n,
  removalGraceBlocks: 150_000,
  removalGraceSeconds: 86_400,
  holdings: {
    tags: 128,
    epochs: 2_048,
    liveGrants: 128,
    grants: 1_024,
    registrations: 256,
    liveDevices: 32,
    rights: 128,
  },
  holdingsPerSuccession: {tags: 2, epochs: 64, liveGrants: 2, grants: 16, registrations: 4, liveDevices: 1, rights: 64},
  maxSuccessions: 64,
};

/**
 * The CometBFT genesis: the same inputs give the same bytes. Its validator set is empty, because InitChain returns the
 * set out of app_state.
 * @param input.capacity for ever; default: of a system to try the product
 * @throws InvalidGenesisError when no chain could start from it
 */
export function renderGenesis(input: {
  chainId: string;
  genesisTime: string;
  organisations: Organisation[];
  validators: GenesisValidator[];
  capacity?: Capacity | undefined;
}): string {
  const {keys, leaves} = input.capacity ?? DEFAULT_CAPACITY;
  const organisations = input.organisations
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((organisation) => ({
      id: fromHex(organisation.id),
      name: organisation.name,
      keys: organisation.keys.map(({alg, publicKey, role}) => ({key: {alg, publicKey}, role: ORG_ROLE[role]})),
      validators: input.validators
        .filter((v) => v.organisation === organisation.id)
        .map((v) => ({publicKey: v.publicKey, power: VALIDATOR_POWER, nodeId: fromHex(v.nodeId)})),
    }));
  const appState = encodeCanonical(GenesisSchema, {
    version: 1,
    parameters: {...PARAMETERS, maxKeys: BigInt(keys), maxLeaves: BigInt(leaves)},
    organisations,
    // Whoever gives an organisation a third of the validators, or all, has said that it can stop the chain alone.
    oneCanStop:
      input.validators.length > 1 &&
      organisations.some(({validators}) => validators.length * 3 >= input.validators.length),
  });
  const document = {
    genesis_time: input.genesisTime,
    chain_id: input.chainId,
    initial_height: '1',
    consensus_params: {
      block: {max_bytes: String(LIMITS.cometBlockBytes), max_gas: '-1'},
      evidence: {
        max_age_num_blocks: '200000',
        max_age_duration: '172800000000000',
        max_bytes: String(LIMITS.cometEvidenceBytes),
      },
      validator: {pub_key_types: ['ed25519']},
      version: {app: '0'},
      abci: {vote_extensions_enable_height: '0'},
    },
    app_hash: '',
    app_state: Buffer.from(appState).toString('base64'),
  };
  const text = JSON.stringify(document, undefined, 2) + '\n';
  parseGenesis(text);
  return text;
}
