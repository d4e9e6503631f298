export {leastRoom} from '@vitalvault/light-client';
export {CAPACITY_RANGE, DEFAULT_CAPACITY, MEMORY, memoryFor} from './capacity.js';
export type {Capacity, MemoryNeed} from './capacity.js';
export {moreIpfsIdentities, newIpfsIdentities, parseIpfsIdentities} from './ipfs-identities.js';
export type {IpfsIdentities} from './ipfs-identities.js';
export {
  cometAddress,
  generateEd25519,
  keyFromCometJson,
  nodeKeyJson,
  privValidatorKeyJson,
  validatorStateJson,
} from './node-keys.js';
export type {Ed25519Key} from './node-keys.js';
export {newRoleKeyJson, organisationOf, organisationOfValidator, parseRoleKey, ROLES} from './organisation-keys.js';
export type {Organisation, OrganisationKey, Role} from './organisation-keys.js';
export {peerIdentity} from './peer-identity.js';
export type {PeerIdentity} from './peer-identity.js';
export {renderGenesis} from './render-genesis.js';
export type {GenesisValidator} from './render-genesis.js';
export {isChainOf, uniqueChainId} from './unique-chain-id.js';
export type {ChainOrigin} from './unique-chain-id.js';
