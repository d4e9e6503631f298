import type {CodeName} from '@vitalvault/contracts';

/** A refusal of the ledger in words, and what to do then. */
interface RefusalText {
  message: string;
  remedy: string;
}

/** Of the codes that acts of a patient, a member or a device can meet; all others are matters of whoever wrote `vv`. */
const REFUSALS: Readonly<Partial<Record<CodeName, RefusalText>>> = {
  expired: {
    message: 'It came too late to be taken.',
    remedy: 'Nothing of this was done. Look whether the clock of this machine is right, then run the command again.',
  },
  unknownKey: {
    message: 'The ledger does not know the key of this home: it was replaced, or never registered.',
    remedy: 'Take the newest copy of the home. If there is none, ask your organisation.',
  },
  notAuthorised: {
    message: 'This key may not do that.',
    remedy: 'Use the home of the person whose matter it is; what an organisation signs needs its own key.',
  },
  nonceUsed: {
    message: 'Another copy of this home did something at the same time.',
    remedy: 'Nothing of this was done. Work with one copy only; run the command again.',
  },
  quota: {
    message: 'There were too many of these in a short time.',
    remedy: 'Nothing of this was done. Wait some minutes, then run the command again.',
  },
  stateFull: {
    message: 'The part of the ledger that your organisation has is full.',
    remedy: 'Tell your organisation. What takes something back is taken all the same.',
  },
  ceiling: {
    message: 'You have as many of these as one may have.',
    remedy: 'Revoke grants or remove devices that are needed no more, then run the command again.',
  },
  unknownIdentity: {
    message: 'The ledger knows nobody with that id.',
    remedy: 'Ask for the id again, and whether the registration was sent.',
  },
  keyTaken: {
    message: 'The key is in use already, or was before.',
    remedy: 'Make a new home, with new keys; if it was to be a new signing key, run the command again.',
  },
  keySuccession: {
    message: 'The new key does not follow the one that the ledger has: this copy of the home is old.',
    remedy: 'Take the newest copy of the home.',
  },
  unknownDevice: {
    message: 'You have no such device.',
    remedy: '`vv patient devices` lists yours with their whole ids and the numbers of their registrations.',
  },
  deviceTaken: {
    message: 'The device is registered already, or its key is in use for something else.',
    remedy: 'If it had another owner, she removes it first; else make it a new home with `vv device init`.',
  },
  deviceRemoved: {
    message: 'The device is removed already, and distrusted from that hour or an earlier one.',
    remedy: 'Nothing is to be done. `vv patient devices` shows from when it is distrusted.',
  },
  grantVersion: {
    message: 'The grant was changed meanwhile, by another copy of this home.',
    remedy: 'Look at it with `vv patient grants`, then run the command again.',
  },
  grantRevoked: {
    message: 'The grant is revoked, for good.',
    remedy: 'Make a new one: `vv patient grant` without --grant.',
  },
  unknownGrantee: {
    message: 'The ledger knows nobody with that id whom something could be granted to.',
    remedy: 'Ask the reader for her id again; she must be registered.',
  },
};

/** @param codeName of the result, `meta.codeName` */
export function refusalText(codeName: unknown): RefusalText | undefined {
  return Object.hasOwn(REFUSALS, String(codeName)) ? REFUSALS[codeName as CodeName] : undefined;
}
