import {ALG_ES256K, decodeCanonical, encodeCanonical, equalBytes, keyId, toHex} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {LedgerEvent} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessEvent, AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema, RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {alertIdOf} from './alert.js';
import type {NewAlert} from './alert.js';
import {textOf, textOfChange} from './alert-text.js';

/** A patient's signing key that stands from that place of the ledger on; it replaces those of earlier places. */
export interface PatientKey {
  readonly keyId: string;
  readonly patient: string;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly height: bigint;
  /** Among the block's events. */
  readonly place: number;
}

/** What an event of the ledger means to notify. */
export interface LedgerEffects {
  readonly alert?: NewAlert;
  readonly key?: PatientKey;
}

/**
 * Every access, permitted or refused, and every change of rights is an alert; an enrolment is none, since nothing can
 * have been done to her before. A new signing key is taken from the transaction and compared with the key id in the
 * leaf.
 * @throws NotCanonicalError, DomainError malformed for what this version does not know
 * @paper DP: alerts of every access
 */
export function effectsOf(event: LedgerEvent): LedgerEffects {
  if (event.accessLeaf.length === 0) return {};
  const leaf = decodeCanonical(AccessLeafSchema, event.accessLeaf);
  const change = leaf.event;
  const key = newKey(event, leaf);
  const keyEffect = key === undefined ? {} : {key};
  switch (change.case) {
    case 'access':
      return {alert: accessAlert(event, change.value)};
    case 'keys':
    case 'deviceRegistered':
    case 'deviceRemoved':
    case 'grant':
      return {alert: alertOf(event, AlertKind.RIGHTS_CHANGED, textOfChange(change.case)), ...keyEffect};
    case 'enrolled':
      return keyEffect;
    case undefined:
      throw new DomainError('malformed', {detail: 'a leaf without an event'});
  }
}

function alertOf({patient, txId, blockTime}: LedgerEvent, kind: AlertKind, text: string): NewAlert {
  return {
    alertId: toHex(alertIdOf(kind, txId)),
    patient: toHex(patient),
    kind,
    raisedAtMs: blockTime * 1_000n,
    subject: toHex(txId),
    text,
  };
}

function accessAlert(event: LedgerEvent, access: AccessEvent): NewAlert {
  const permit = access.decision?.permit === true;
  const kind = permit ? AlertKind.ACCESS_PERMITTED : AlertKind.ACCESS_REFUSED;
  return {
    ...alertOf(event, kind, textOf(kind, '')),
    reader: toHex(access.reader),
    permit,
    ...(access.organisation.length === 0 ? {} : {organisation: toHex(access.organisation)}),
    ...(access.request === undefined ? {} : {request: encodeCanonical(RequestAccessSchema, access.request)}),
  };
}

function newKey({patient, body, height, index}: LedgerEvent, {event}: AccessLeaf): PatientKey | undefined {
  if (event.case !== 'enrolled' && event.case !== 'keys') return undefined;
  const {message} = decodeCanonical(BodySchema, body);
  const key =
    message.case === 'enrolPatient'
      ? message.value.signingKey
      : message.case === 'publishKeys'
        ? message.value.newSigningKey
        : undefined;
  if (key === undefined) return undefined;
  // With another key, or one of a kind that we cannot verify by, she could not sign here any more.
  if (!isKey(key, event.value.signingKeyId)) throw new DomainError('malformed', {detail: 'a key that is none of hers'});
  return {keyId: toHex(keyId(key)), patient: toHex(patient), publicKey: key.publicKey, height, place: index};
}

const isKey = (key: SigningKey, id: Uint8Array): boolean =>
  key.alg === ALG_ES256K && key.publicKey.length === 33 && equalBytes(keyId(key), id);
