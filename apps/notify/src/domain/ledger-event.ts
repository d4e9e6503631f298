import {
  ALG_ES256K,
  JunkMessage,
  NewerMessage,
  alertOf,
  decodeMessage,
  equalBytes,
  keyId,
  toHex,
} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {LedgerEvent} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessEvent, AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {toQueue} from './alert.js';
import type {NewAlert} from './alert.js';
import {textOfChange} from './alert-text.js';

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
 * @throws NewerMessage for what this version does not know; JunkMessage for what no version takes
 * @paper DP: alerts of every access
 */
export function effectsOf(event: LedgerEvent): LedgerEffects {
  if (event.accessLeaf.length === 0) return {};
  const leaf = decodeMessage(AccessLeafSchema, event.accessLeaf);
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
      return {alert: changeAlert(event, change.case), ...keyEffect};
    case 'enrolled':
      return keyEffect;
    case undefined:
      throw new JunkMessage('a leaf without an event');
  }
}

const told = ({patient, txId, blockTime}: LedgerEvent) => ({patient, raisedAtMs: blockTime * 1_000n, subject: txId});

function changeAlert(event: LedgerEvent, change: string): NewAlert {
  return toQueue(alertOf({...told(event), kind: AlertKind.RIGHTS_CHANGED, text: textOfChange(change)}));
}

// To the byte what policy tells before it releases (docs/protocol.md §9.2): so it is the same alert.
function accessAlert(event: LedgerEvent, {reader, organisation, request, decision}: AccessEvent): NewAlert {
  const permit = decision?.permit === true;
  return toQueue(
    alertOf({
      ...told(event),
      kind: permit ? AlertKind.ACCESS_PERMITTED : AlertKind.ACCESS_REFUSED,
      reader,
      organisation,
      permit,
      ...(request === undefined ? {} : {request}),
    }),
  );
}

function newKey({patient, body, height, index}: LedgerEvent, {event}: AccessLeaf): PatientKey | undefined {
  if (event.case !== 'enrolled' && event.case !== 'keys') return undefined;
  const {message} = decodeMessage(BodySchema, body);
  const key =
    message.case === 'enrolPatient'
      ? message.value.signingKey
      : message.case === 'publishKeys'
        ? message.value.newSigningKey
        : undefined;
  if (key === undefined) return undefined;
  // With another key, or one of a kind that we cannot verify by, she could not sign here any more.
  if (key.alg !== ALG_ES256K) throw new NewerMessage('a key of an algorithm that this version does not know');
  if (!isKey(key, event.value.signingKeyId)) throw new JunkMessage('a key that is none of hers');
  return {keyId: toHex(keyId(key)), patient: toHex(patient), publicKey: key.publicKey, height, place: index};
}

const isKey = (key: SigningKey, id: Uint8Array): boolean => key.publicKey.length === 33 && equalBytes(keyId(key), id);
