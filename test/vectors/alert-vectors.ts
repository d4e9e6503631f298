import {alertOf, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {accessRequest} from '@vitalvault/ledger-state/testing';
import {message} from './message-vector.ts';
import {grantId, idOf, tag} from './vector-keys.ts';

const subject = new Uint8Array(32).fill(0x5a);
/** The second one of its permit, and the hash of what the reader signed for it. */
const answer = Uint8Array.from([...subject, 0, 0, 0, 2, ...new Uint8Array(32).fill(0x7b)]);
const request = accessRequest(idOf('patient'), {grantId, typeTag: tag});

/** Alerts without id and time, each with the id that they make (docs/protocol.md §9.2). */
export function alerts() {
  const patient = idOf('patient');
  const access = {patient, subject, reader: idOf('member'), organisation: idOf('organisation'), request};
  const told = [
    {...access, kind: AlertKind.ACCESS_REFUSED, permit: false},
    {...access, kind: AlertKind.ACCESS_PERMITTED, permit: true},
    {...access, subject: answer, kind: AlertKind.KEYS_RELEASED, permit: true},
    {patient, subject, kind: AlertKind.RIGHTS_CHANGED, text: 'Your keys were changed.'},
  ];
  return told.map((alert) => ({...message(AlertSchema, alert), id: toHex(alertOf(alert).alertId)}));
}
