import {fromBinary} from '@bufbuild/protobuf';
import {JunkMessage, NewerMessage, keyId, toHex} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {Patient, organisation, random} from '../../test/support/people.js';
import {effectsOf} from './ledger-event.js';

const read = (bytes: Uint8Array) => effectsOf(fromBinary(LedgerEventSchema, bytes));

describe('effectsOf', () => {
  it.each([
    [true, 2],
    [false, 1],
  ])('makes an access with permit = %s an alert of kind %i that names reader and request', (permit, kind) => {
    const [patient, reader, txId] = [new Patient(), random(20), random(32)];
    const request = patient.request();
    const {alert, key} = read(patient.accessed(request, {reader, permit, txId}));
    expect(alert).toMatchObject({
      // The same as policy tells of it.
      alertId: toHex(patient.accessAlert(request, {reader, permit, txId}).alertId),
      patient: patient.hex,
      kind,
      subject: toHex(txId),
      reader: toHex(reader),
      organisation: toHex(organisation),
      permit,
      raisedAtMs: 1_790_000_001_000n,
    });
    expect(key).toBeUndefined();
  });

  it('says nothing in the text that names a person or a type', () => {
    const [patient, reader] = [new Patient(), random(20)];
    const request = patient.request();
    const {alert} = read(patient.accessed(request, {reader, permit: true, txId: random(32)}));
    expect(alert?.text).not.toMatch(/[0-9a-f]{8}/);
  });

  it('takes her key from the enrolment, without an alert', () => {
    const patient = new Patient();
    expect(read(patient.enrolled())).toEqual({
      key: {keyId: patient.hex, patient: patient.hex, publicKey: patient.key.publicKey, height: 1n, place: 0},
    });
  });

  it('takes a replaced key under the same identity, with an alert', () => {
    const patient = new Patient();
    const {key, alert} = read(patient.newKey());
    expect(key).toEqual({
      keyId: toHex(patient.keyId),
      patient: patient.hex,
      publicKey: patient.key.publicKey,
      height: 1n,
      place: 0,
    });
    expect(alert).toMatchObject({kind: 8, text: 'Your keys were changed.'});
  });

  it('stops at a key that is not the one of the leaf, and at one of a kind that it does not know', () => {
    const patient = new Patient();
    const signingKey = {alg: 1, publicKey: patient.key.publicKey};
    const event = patient.event(
      {case: 'enrolled', value: {organisation, signingKeyId: random(20)}},
      {case: 'enrolPatient', value: {signingKey, encryptionKey: random(32), recoveryKey: signingKey}},
    );
    expect(() => read(event)).toThrow(JunkMessage);
    const newer = {alg: 2, publicKey: patient.key.publicKey};
    const id = keyId(newer);
    const other = patient.event(
      {case: 'keys', value: {signingKeyId: id}},
      {case: 'publishKeys', value: {identity: patient.id, newSigningKey: newer}},
    );
    expect(() => read(other)).toThrow(NewerMessage);
  });

  it('stops at a leaf whose event it does not know', () => {
    const event = fromBinary(LedgerEventSchema, new Patient().enrolled());
    // A later version: another event, number 99.
    expect(() => effectsOf({...event, accessLeaf: Uint8Array.of(0x08, 0x01, 0x9a, 0x06, 0x00)})).toThrow(NewerMessage);
    expect(() => effectsOf({...event, accessLeaf: Uint8Array.of(0x08, 0x01)})).toThrow(JunkMessage);
  });

  it.each(['deviceRegistered', 'deviceRemoved', 'grant'] as const)('makes %s an alert of changed rights', (name) => {
    const patient = new Patient();
    const message = {owner: patient.id, device: random(20), registration: 1};
    const {alert} = read(patient.event({case: name, value: {} as never}, {case: 'removeDevice', value: message}));
    expect(alert?.kind).toBe(8);
  });
});
