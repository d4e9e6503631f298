import type {ORG_ROLE} from './limits.js';
import {ALG_ES256K, ALG_X25519} from './tagged-hash.js';

/** What a key of an organisation is for. */
export type OrganisationRole = keyof typeof ORG_ROLE;

/** The algorithm of a role's keys: release keys open seals, all others sign. */
export const algorithmOf = (role: OrganisationRole): number => (role === 'release' ? ALG_X25519 : ALG_ES256K);
