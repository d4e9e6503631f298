import {toHex} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {DomainError} from '@vitalvault/errors';
import {Patient, random} from '../../test/support/people.js';
import {ALERT_KINDS, readAlert} from './alert.js';

const patient = new Patient();
const good = () => patient.alert(AlertKind.STORAGE_CORRUPT, random(36), {text: 'A copy on one machine was changed.'});

describe('readAlert', () => {
  it('takes what fits', () => {
    expect(readAlert(good())).toMatchObject({
      kind: 4,
      patient: patient.hex,
      text: 'A copy on one machine was changed.',
    });
  });

  it.each([
    ['kind', {kind: AlertKind.UNSPECIFIED}],
    ['patient', {patient: random(19)}],
    ['subject', {subject: new Uint8Array()}],
    ['kind', {kind: AlertKind.ACCESS_REFUSED}],
    ['kind', {kind: AlertKind.RIGHTS_CHANGED}],
    ['alertId', {alertId: random(32)}],
    ['alertId', {patient: random(20)}],
    ['alertId', {kind: AlertKind.STORAGE_FAILED}],
    ['alertId', {subject: random(36)}],
    ['alertId', {text: 'another'}],
    ['alertId', {reader: random(20)}],
    ['alertId', {organisation: random(20)}],
    ['alertId', {permit: true}],
    ['alertId', {request: patient.request()}],
    ['reader', {reader: random(1)}],
    ['raisedAtMs', {raisedAtMs: 0n}],
  ])('refuses a wrong %s: %j', (field, change) => {
    const refusal = readAlert({...good(), ...change});
    expect(refusal).toBeInstanceOf(DomainError);
    expect((refusal as DomainError).code).toBe('invalid-field');
    expect((refusal as DomainError).detail).toMatch(`alert.${field}`);
  });

  it.each([
    ['kind', {kind: 99 as AlertKind}],
    ['text', {kind: AlertKind.ACCESS_PERMITTED}],
    ['subject', {subject: random(129)}],
  ])('leaves to a later version a %s that this one does not know', (field, change) => {
    const refusal = readAlert({...good(), ...change});
    expect((refusal as DomainError).code).toBe('wrong-version');
    expect((refusal as DomainError).detail).toMatch(`alert.${field}`);
  });

  it('keeps no text that no database takes', () => {
    const alert = patient.alert(AlertKind.STORAGE_CORRUPT, random(36), {text: 'a\0b'});
    expect(readAlert(alert)).toMatchObject({text: 'A stored copy of your data was found changed and was not used.'});
  });

  it('is the same alert whenever it is told', () => {
    const told = good();
    expect(readAlert({...told, raisedAtMs: 7n})).toMatchObject({alertId: toHex(told.alertId), raisedAtMs: 7n});
  });

  it('does not repeat a text with an identity in it', () => {
    const text = `Reader ${patient.hex} asked.`;
    const alert = patient.alert(AlertKind.STORAGE_CORRUPT, random(36), {text});
    expect(readAlert(alert)).toMatchObject({text: 'A stored copy of your data was found changed and was not used.'});
  });

  it('knows every kind of the protocol by name', () => {
    expect(ALERT_KINDS).toEqual([
      'ACCESS_REFUSED',
      'ACCESS_PERMITTED',
      'KEYS_RELEASED',
      'STORAGE_CORRUPT',
      'STORAGE_FAILED',
      'RECORD_REFUSED',
      'READER_COMPLAINT',
      'RIGHTS_CHANGED',
    ]);
  });
});
