import {equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {typeTag} from '@vitalvault/envelope';
import type {RandomBytes} from '@vitalvault/envelope';
import {idOf, newEncryptionKey, newSigningKey} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {GrantedKeys} from '../clinician/granted-keys.js';

/** An epoch of one type with its private key. Bytes are hexadecimal. */
export interface StoredEpoch {
  typeName: string;
  typeTag: string;
  epoch: number;
  fromSlot: number;
  publicKey: string;
  privateKey: string;
  /** The ledger took the statement. Until it did the key is kept: the transaction may still commit. */
  published: boolean;
  /** Public half (hexadecimal) of the signing key that signed its statement. */
  by: string;
  /** While it is not published: after this block time (Unix seconds) nothing that carries its statement can commit. */
  expiresAt: number;
}

/** A grant as its patient remembers it: what she needs to wrap new epochs for it. */
export interface StoredGrant {
  grantId: string;
  grantee: string;
  granteeKey: string;
  version: number;
  typeNames: string[];
  /** Every type. Keys of a type that comes later are handed over when the grant is put again. */
  allTypes: boolean;
  dataFromSlot: number;
  dataToSlot: number;
  wrapVersion: number;
  /** Epoch keys that it covers have not been deposited yet. */
  wrapsDue: boolean;
  /** She revoked it, or is about to: it gets no keys any more. */
  revoked: boolean;
}

/** A grant that was sent, and of which it is not known yet whether the ledger has it. */
export interface SentGrant {
  grant: StoredGrant;
  /** After this block time (Unix seconds) it cannot commit any more. */
  expiresAt: number;
}

/** A registration of a device that she signed for: the device sends it, and when, she does not know. */
export interface SignedRegistration {
  /** Its id. */
  device: string;
  /** The highest number that it may get. */
  registration: number;
  /** After this block time (Unix seconds) it cannot commit any more. */
  expiresAt: number;
}

/** What she took back: kept before it is sent, and sent again until the ledger proves that it ended. */
export type DueEnding = DueRevocation | DueRemoval;

interface Due {
  /**
   * The newest expiry (Unix seconds) of all that this home had signed when it was sent first, itself among it; 0: it
   * was not sent yet. Nothing that this home signed before commits after this block time. Its own expiry would not do:
   * that hangs on a header, and an older one may be shown for a later transaction.
   */
  expiresAt: number;
  /** How it was settled; such a one is kept no more. `none`: there was nothing to end, and nothing can come. */
  fate?: EndingFate;
}

export type EndingFate = 'ended' | 'none';

export interface DueRevocation extends Due {
  kind: 'revocation';
  grantId: string;
}

export interface DueRemoval extends Due {
  kind: 'removal';
  device: string;
  registration: number;
  /** Records of this slot and later are refused: of the hour in which she asked, however late it is sent. */
  distrustFromSlot: number;
}

/** A signing key that takes the place of the current one: kept until everything that hangs on it is done. */
export interface KeyReplacement {
  signing: StoredKey;
  /** Canonical SignedKeySuccession, hexadecimal. */
  succession: string;
}

/** Head of the access log that she saw last. */
export interface RememberedHead {
  size: string;
  root: string;
  height: string;
}

/** All that a patient keeps; plain JSON, to be stored encrypted. */
export interface PatientKeys {
  /** Pseudonym: hexadecimal id of her first signing key. */
  patient: string;
  signing: StoredKey;
  encryption: StoredKey;
  recovery: StoredKey;
  tagKey: string;
  epochs: StoredEpoch[];
  /** Names of types that must have a new epoch by her current key: for a rotation, a revocation, a replaced key. */
  epochsDue: string[];
  grants: StoredGrant[];
  sentGrants: SentGrant[];
  signedRegistrations: SignedRegistration[];
  /** After this block time (Unix seconds) nothing commits that this home signed. */
  newestExpiry: number;
  /** Where the ledger was when it was seen last, so that nobody shows an older one; height decimal, Unix seconds. */
  newestHeader?: {height: string; time: number} | undefined;
  /** One for each grant and registration; the one that was sent last is the last. */
  endingsDue: DueEnding[];
  configVersion: number;
  /** Canonical SignedKeySuccessions, hexadecimal, ascending by n: they lead from her first key to the current one. */
  successions: string[];
  replacement?: KeyReplacement | undefined;
  logHead?: RememberedHead | undefined;
}

/** Fresh keys of a new patient. */
export function createPatientKeys(random: RandomBytes): PatientKeys {
  const signing = newSigningKey(random);
  return {
    patient: idOf(signing),
    signing,
    encryption: newEncryptionKey(random),
    recovery: newSigningKey(random),
    tagKey: toHex(random(32)),
    epochs: [],
    epochsDue: [],
    grants: [],
    sentGrants: [],
    signedRegistrations: [],
    newestExpiry: 0,
    endingsDue: [],
    configVersion: 0,
    successions: [],
  };
}

/** Tag of a type of this patient (16 bytes). */
export function tagOf(keys: Pick<PatientKeys, 'tagKey'>, typeName: string): Uint8Array {
  return typeTag(fromHex(keys.tagKey), typeName);
}

/** What a patient shows to whoever wants to ask her for access. Public. */
export interface PatientCard {
  chainId: string;
  patient: string;
  encryptionKey: string;
}

export function cardOf(keys: PatientKeys, chainId: string): PatientCard {
  return {chainId, patient: keys.patient, encryptionKey: keys.encryption.publicKey};
}

/** Her own epoch keys, as a grantee has those of a grant: with them she reads what is hers, and that is logged too. */
export function ownKeys(keys: PatientKeys): GrantedKeys {
  const types = new Map(keys.epochs.map(({typeTag: tag, typeName}) => [tag, typeName]));
  return {
    types: [...types].map(([tag, typeName]) => ({typeTag: tag, typeName})),
    keyOf: (tag, epoch) => {
      const found = keys.epochs.find(
        (own) => own.epoch === epoch && own.published && equalBytes(fromHex(own.typeTag), tag),
      );
      return found && fromHex(found.privateKey);
    },
  };
}

/** Names of the types that have an epoch on the ledger. */
export function publishedTypes(keys: PatientKeys): string[] {
  return [...new Set(keys.epochs.filter(({published}) => published).map(({typeName}) => typeName))];
}
