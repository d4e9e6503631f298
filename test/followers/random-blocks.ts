import {ACTION, STATE_KIND, decodeCanonical, encodeCanonical, slotOf} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {EpochHeadSchema, GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  HEART_RATE,
  TEST_CHAIN,
  anchorRecords,
  enrolPatient,
  epochStatement,
  extremeNumbers,
  hash,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  signedBody,
  skipEntry,
  tag,
  testEncryptionKey,
} from '@vitalvault/ledger-state/testing';
import type {TestKey, TestLedger} from '@vitalvault/ledger-state/testing';
import {CAST, recoveryOf, registrationOf, signerOf, successionsOf, successorsOf} from './cast.js';
import type {Chance} from './chance.js';

const {hospital, clinic, patients, members, devices, stranger} = CAST;
export const GRANTS = [tag(1), tag(2)];
export const TAGS = [HEART_RATE, tag(0xbb)];
const UINT32 = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const MOST = 24;

type Signed = readonly [TxMessage, readonly TestKey[]];

/**
 * Blocks of transactions of every kind by a few people, so that most concern one another: good ones, ones that the
 * ledger refuses, numbers at the ends of their ranges, one body by several signers, bytes of a block before, and none.
 */
export class RandomBlocks {
  #before: Uint8Array[] = [];

  constructor(
    private readonly ledger: TestLedger,
    private readonly chance: Chance,
  ) {}

  next(): Uint8Array[] {
    if (this.chance.once(12)) return [];
    const txs = Array.from({length: 1 + this.chance.int(MOST)}, () => this.#transactions()).flat();
    this.#before = [...txs, ...this.#before].slice(0, 100);
    return txs;
  }

  /** Blocks after which everybody is there and something can be refused: one of each kind, so that none is missing. */
  *prologue(): Generator<Uint8Array[]> {
    const {ledger} = this;
    const enrol = (patient: TestKey): Uint8Array[] => {
      const [recovery, {sponsor}] = [recoveryOf(patient), hospital];
      // Who must sign has changed once: the other set is refused.
      return [
        [sponsor, patient],
        [sponsor, patient, recovery],
      ].map((all) => ledger.tx(enrolPatient(patient, recovery), all));
    };
    yield patients.slice(0, 2).flatMap(enrol);
    yield members.slice(0, 3).map((member) => ledger.tx(registerMember(hospital, member), [hospital.sponsor, member]));
    const [patient, member, device] = [patients[0] as TestKey, members[0] as TestKey, devices[0] as TestKey];
    yield [
      ledger.tx(...this.#epoch(patient, HEART_RATE)),
      ledger.tx(registerDevice(patient, device), [patient, device]),
      ledger.tx(...this.#grant(patient, member, tag(1))),
      ledger.tx(this.#request(patient.id, tag(1), HEART_RATE), [member]),
    ];
    yield [
      ledger.tx({case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}}, [patient]),
      ledger.tx({case: 'suspendMember', value: {organisation: hospital.id, member: member.id}}, [hospital.admin]),
      ledger.tx(...this.#anchor(patient, device)),
    ];
  }

  /** A block in which a patient asks for her own data, so often. */
  manyLeaves(patient: TestKey, times: number): Uint8Array[] {
    const signers = [signerOf(this.ledger, patient)];
    return Array.from({length: times}, () => this.ledger.tx(requestAccess(patient.id), signers));
  }

  get #slot(): number {
    return slotOf(this.ledger.block.time);
  }

  #transactions(): Uint8Array[] {
    const {ledger, chance} = this;
    if (chance.once(25)) return [Uint8Array.of(1, 2, 3)];
    if (chance.once(12) && this.#before.length > 0) return [chance.pick(this.#before)];
    const [message, signers] = this.#message();
    if (chance.once(8)) return this.#oneBodyOfSeveral(message, signers);
    if (chance.once(3)) return [this.#extreme(message, signers)];
    return [ledger.tx(message, signers)];
  }

  #body(message: TxMessage) {
    const {height, time} = this.ledger.block;
    return {
      version: 1,
      chainId: TEST_CHAIN,
      expiresAtHeight: height + 50n,
      expiresAtTime: time + 30_000n,
      nonce: 1_000n + BigInt(this.chance.int(20)),
      message,
    };
  }

  #oneBodyOfSeveral(message: TxMessage, signers: readonly TestKey[]): Uint8Array[] {
    const body = encodeCanonical(BodySchema, this.#body(message));
    const first = [signers[0] as TestKey, ...[...members, ...patients].map((key) => signerOf(this.ledger, key))];
    return first.slice(0, 4).map((signer) => signedBody(body, [signer, ...signers.slice(1)]));
  }

  #extreme(message: TxMessage, signers: readonly TestKey[]): Uint8Array {
    const all = extremeNumbers(BodySchema, this.#body(message), ABSENT);
    return signedBody(encodeCanonical(BodySchema, this.chance.pick(all).message), signers);
  }

  #message(): Signed {
    const {chance, ledger} = this;
    const [patient, member, device] = [chance.pick(patients), chance.pick(members), chance.pick(devices)];
    const [owner, own] = [patient.id, signerOf(ledger, patient)];
    const organisation = chance.pick([hospital, clinic]);
    const reader = signerOf(ledger, chance.pick([...members, ...members, ...patients, stranger]));
    const [grantId, typeTag] = [chance.pick(GRANTS), chance.pick(TAGS)];
    const choices: readonly (() => Signed)[] = [
      () => this.#enrolment(patient),
      () => this.#enrolment(patient),
      () => [registerMember(organisation, member), [organisation.sponsor, member]],
      () => [{case: 'suspendMember', value: {organisation: hospital.id, member: member.id}}, [hospital.admin]],
      () => this.#newKey(patient, member),
      () => this.#epoch(patient, typeTag),
      () => [registerDevice(patient, device, chance.pick([[typeTag], TAGS])), [own, device]],
      () => [registerDevice(patient, device, [typeTag], chance.pick(UINT32)), [own, device]],
      () => [
        {
          case: 'removeDevice',
          value: {
            owner,
            device: device.id,
            registration: registrationOf(ledger, device),
            distrustFromSlot: chance.pick([0, this.#slot, this.#slot + 1]),
          },
        },
        [own],
      ],
      () => this.#grant(patient, member, grantId),
      () => this.#grant(patient, member, grantId),
      () => [revokeGrant(owner, grantId, chance.pick([0, 1, 2 ** 32 - 1])), [own]],
      ...Array.from({length: 4}, () => (): Signed => [this.#request(owner, grantId, typeTag), [reader]]),
      () => this.#anchor(patient, device),
    ];
    return chance.pick(choices)();
  }

  // Who must sign has changed once: the wrong set of signers is refused, and as good a transaction as any.
  #enrolment(patient: TestKey): Signed {
    const recovery = recoveryOf(patient);
    const signers = [this.chance.pick([hospital, clinic]).sponsor, patient];
    return [enrolPatient(patient, recovery), this.chance.once(2) ? signers : [...signers, recovery]];
  }

  #newKey(patient: TestKey, member: TestKey): Signed {
    const person = this.chance.pick([patient, member]);
    const [old, next] = [signerOf(this.ledger, person), this.chance.pick(successorsOf(person))];
    if (person === patient && this.chance.once(2))
      return [replaceKey(patient, next, recoveryOf(patient), successionsOf(this.ledger, patient) + 1), [old, next]];
    const encryptionKey = testEncryptionKey(`another ${String(this.chance.int(9))}`).publicKey;
    const change =
      person === patient ? {encryptionKey} : this.chance.pick([{newSigningKey: next.key}, {encryptionKey}]);
    const signers = 'newSigningKey' in change ? [old, next] : [old];
    return [{case: 'publishKeys', value: {identity: person.id, ...change}}, signers];
  }

  #epoch(patient: TestKey, typeTag: Uint8Array): Signed {
    const {ledger, chance} = this;
    const found = ledger.state.get(STATE_KIND.epochHead, [patient.id, typeTag]);
    const head = found === undefined ? undefined : decodeCanonical(EpochHeadSchema, found);
    const key = signerOf(ledger, patient);
    const fields = {
      patient: patient.id,
      typeTag,
      epoch: (head?.epoch ?? 0) + (chance.once(6) ? 0 : 1),
      fromSlot: head === undefined ? chance.pick([0, 1, this.#slot]) : head.fromSlot + chance.int(5),
      publicKey: testEncryptionKey(`epoch ${String(chance.int(99))}`).publicKey,
    };
    return [
      {case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient, fields, key)]}},
      [key],
    ];
  }

  #grant(patient: TestKey, member: TestKey, grantId: Uint8Array): Signed {
    const {ledger, chance} = this;
    const found = ledger.state.get(STATE_KIND.grant, [patient.id, grantId]);
    const version = found === undefined ? 0 : decodeCanonical(GrantSchema, found).version;
    const fields = {
      grantId,
      version: chance.pick([version + 1, version + 1, 2 ** 31].map((one) => Math.min(one, 2 ** 32 - 1))),
      typeTags: chance.pick([[], [HEART_RATE], TAGS]),
      actions: [ACTION.read],
      accessFromSlot: 0,
      accessToSlot: chance.pick([this.#slot + 9, 2 ** 32 - 1]),
      dataFromSlot: 0,
      dataToSlot: chance.pick([this.#slot, 2 ** 32 - 1]),
      maxReads: chance.pick([0, 1, 2, 2 ** 32 - 1]),
    };
    const grantee = chance.pick([member.id, hospital.id]);
    return [putGrant(patient.id, grantee, fields), [signerOf(ledger, patient)]];
  }

  #request(patient: Uint8Array, grantId: Uint8Array, typeTag: Uint8Array): TxMessage {
    const {chance} = this;
    return requestAccess(patient, {
      grantId,
      typeTag: chance.pick([typeTag, typeTag, tag(0)]),
      slotFrom: chance.pick([0, this.#slot]),
      slotTo: chance.pick([this.#slot, 2 ** 31, 2 ** 32 - 1]),
      detailsHash: hash(chance.int(3)),
    });
  }

  /** Of another hospital: nothing that our storage knows of. */
  #anchor(patient: TestKey, device: TestKey): Signed {
    const people = {patient, device, custodian: clinic};
    const fields = {
      registration: registrationOf(this.ledger, device),
      sequence: BigInt(1 + this.chance.int(30)),
      slot: this.#slot,
    };
    const entries = [recordEntry(people, fields), skipEntry(people, {...fields, sequence: fields.sequence + 1n})];
    return [anchorRecords(entries.slice(this.chance.int(2))), [clinic.storage]];
  }
}

/** Messages in messages that a sample may be right not to have. */
const ABSENT = ['newSigningKey', 'succession', 'epochStatements', 'epochStatements.0'].map(
  (name) => `message.value.${name}`,
);
