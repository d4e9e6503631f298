import {decodeCanonical, encodeCanonical, slotOf, toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {
  TEST_CHAIN,
  TEST_TIME,
  anchorRecords,
  enrolPatient,
  epochStatement,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
  tag,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {HOSPITAL} from '../ledger/bench-genesis.js';

type Entry = ReturnType<typeof recordEntry>;

interface Person {
  readonly patient: TestKey;
  readonly device: TestKey;
  readonly recovery: TestKey;
}

/** A record of a device, and what of it changes from one to the next. */
interface Sample {
  readonly entry: Entry & {entry: {case: 'record'}};
  readonly header: RecordHeader;
  sequence: bigint;
}

/** How far a ledger is. */
interface Now {
  readonly block: {readonly height: bigint; readonly time: bigint};
}

const [PATIENTS, CLINICIANS] = [250, 4];
const SLOT = slotOf(TEST_TIME);
/** Below the greatest that is legal, so that readers of transactions take it for one. */
const NO_SIGNATURE = new Uint8Array(64).fill(1);

/**
 * Patients who granted each of a few clinicians, their devices, and what all of these send. Nobody signs: who follows a
 * chain looks at the validators' signatures alone, and a million others take longer to make than what is measured.
 */
export class ChainLife {
  readonly #hospital = testOrganisation(HOSPITAL);
  readonly #people: readonly Person[];
  readonly #clinicians: readonly TestKey[];
  readonly #records: readonly Sample[];
  readonly #nonces = new Map<string, bigint>();
  #asked = 0;
  #made = 0;

  constructor(private readonly now: Now) {
    const key = (kind: string, i: number): TestKey => testKey(`bench ${kind} ${String(i)}`);
    this.#people = Array.from({length: PATIENTS}, (_, i) => ({
      patient: key('patient', i),
      device: key('device', i),
      recovery: key('recovery', i),
    }));
    this.#clinicians = Array.from({length: CLINICIANS}, (_, i) => key('clinician', i));
    this.#records = this.#people.map((person) => this.#sample(person));
  }

  /** Registered, enrolled, with a device and grants: a block of each list, in order. */
  beginning(): Uint8Array[][] {
    const {sponsor} = this.#hospital;
    const until = {accessFromSlot: SLOT - 1, accessToSlot: SLOT + 1_000, dataFromSlot: SLOT - 100, dataToSlot: SLOT};
    return [
      this.#clinicians.map((one) => this.#tx(registerMember(this.#hospital, one), [sponsor, one])),
      this.#people.map(({patient, recovery}) =>
        this.#tx(enrolPatient(patient, recovery), [sponsor, patient, recovery]),
      ),
      this.#people.map(({patient, device}) => this.#tx(registerDevice(patient, device), [patient, device])),
      this.#people.map(({patient}) =>
        this.#tx({case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}}, [
          patient,
        ]),
      ),
      ...this.#clinicians.map((clinician, n) =>
        this.#people.map(({patient}) =>
          this.#tx(putGrant(patient.id, clinician.id, {...until, grantId: tag(n + 1)}), [patient]),
        ),
      ),
    ];
  }

  /** The next clinician asks for the next patient's readings. */
  request(): Uint8Array {
    const turn = this.#asked++;
    const who = Math.floor(turn / PATIENTS) % CLINICIANS;
    const [{patient}, clinician] = [this.#people[turn % PATIENTS] as Person, this.#clinicians[who] as TestKey];
    return this.#tx(requestAccess(patient.id, {slotFrom: SLOT - 2, slotTo: SLOT - 1, grantId: tag(who + 1)}), [
      clinician,
    ]);
  }

  /** The hospital's storage anchors so many records, each of the next device in turn. */
  anchor(records: number): Uint8Array {
    return this.#tx(anchorRecords(Array.from({length: records}, () => this.#record())), [this.#hospital.storage]);
  }

  #sample({patient, device}: Person): Sample {
    const entry = recordEntry({patient, device, custodian: this.#hospital});
    if (entry.entry.case !== 'record') throw new Error('no record');
    const header = decodeCanonical(RecordHeaderSchema, entry.entry.value.header);
    return {entry: entry as Sample['entry'], header, sequence: 0n};
  }

  #record(): Entry {
    const sample = this.#records[this.#made++ % PATIENTS] as Sample;
    const sequence = ++sample.sequence;
    const header = encodeCanonical(RecordHeaderSchema, {...sample.header, sequence, tagSequence: sequence});
    return {entry: {case: 'record', value: {...sample.entry.entry.value, header}}};
  }

  #tx(message: TxMessage, signers: readonly [TestKey, ...TestKey[]]): Uint8Array {
    const {block} = this.now;
    const name = toHex(signers[0].id);
    const nonce = (this.#nonces.get(name) ?? 0n) + 1n;
    this.#nonces.set(name, nonce);
    const body = encodeCanonical(BodySchema, {
      version: 1,
      chainId: TEST_CHAIN,
      nonce,
      expiresAtHeight: block.height + 1_000n,
      expiresAtTime: block.time + 3_600n,
      message,
    });
    const signatures = signers.map(({key: {alg, publicKey}}) => ({alg, publicKey, signature: NO_SIGNATURE}));
    return encodeCanonical(TxSchema, {body, signatures});
  }
}
