import {slotOf} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  recordEntry,
  registerDevice,
  requestAccess,
  signedTx,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {BENCH_CHAIN, HOSPITAL} from './bench-genesis.js';

interface Person {
  readonly patient: TestKey;
  readonly recovery: TestKey;
  readonly device: TestKey;
  /** Records that her device has made. */
  records: bigint;
}

/** Readings in each record: docs/protocol.md §10, `readingsPerRecord`. */
export const READINGS_PER_RECORD = 64;

/** Patients with a device each, their hospital, and the transactions that they send. */
export class Cast {
  readonly hospital = testOrganisation(HOSPITAL);
  private readonly people: Person[];
  private readonly nonces = new Map<TestKey, bigint>();
  private turn = 0;

  /** @param time Unix seconds of the first block */
  constructor(
    count: number,
    private readonly time: bigint,
  ) {
    this.people = Array.from({length: count}, (_, i) => ({
      patient: testKey(`bench patient ${String(i)}`),
      recovery: testKey(`bench recovery ${String(i)}`),
      device: testKey(`bench device ${String(i)}`),
      records: 0n,
    }));
  }

  /** What has to be on the ledger first: a block of each list, in order. */
  enrolment(): Uint8Array[][] {
    const statement = (patient: TestKey) =>
      epochStatement(patient, {chainId: BENCH_CHAIN, fromSlot: slotOf(this.time) - 1_000});
    return [
      this.people.map(({patient, recovery}) =>
        this.tx(enrolPatient(patient, recovery), [this.hospital.sponsor, patient, recovery]),
      ),
      this.people.map(({patient, device}) => this.tx(registerDevice(patient, device), [patient, device])),
      this.people.map(({patient}) =>
        this.tx({case: 'publishKeys', value: {identity: patient.id, epochStatements: [statement(patient)]}}, [patient]),
      ),
    ];
  }

  /** A transaction of `count` records, each of the next device in turn. */
  anchor(count: number): Uint8Array {
    return this.anchorEntries(Array.from({length: count}, () => this.record()));
  }

  /** A transaction of entries that were made elsewhere. */
  anchorEntries(entries: ReturnType<typeof recordEntry>[]): Uint8Array {
    return this.tx(anchorRecords(entries), [this.hospital.storage]);
  }

  /** The next patient asks for her own records: one signature, one leaf of her access log. */
  read(): Uint8Array {
    const {patient} = this.next();
    return this.tx(requestAccess(patient.id), [patient]);
  }

  /** The next device's next record. */
  record(): ReturnType<typeof recordEntry> {
    const person = this.next();
    const sequence = ++person.records;
    const {patient, device} = person;
    return recordEntry(
      {patient, device, custodian: this.hospital},
      {chainId: BENCH_CHAIN, slot: slotOf(this.time) - 1, sequence, tagSequence: sequence, count: READINGS_PER_RECORD},
    );
  }

  private next(): Person {
    return this.people[this.turn++ % this.people.length] as Person;
  }

  private tx(message: TxMessage, signers: readonly [TestKey, ...TestKey[]]): Uint8Array {
    const nonce = (this.nonces.get(signers[0]) ?? 0n) + 1n;
    this.nonces.set(signers[0], nonce);
    return signedTx({
      message,
      signers,
      chainId: BENCH_CHAIN,
      nonce,
      expiresAtHeight: 100_000n,
      expiresAtTime: this.time + 20_000n,
    });
  }
}
