import {slotOf} from '@vitalvault/contracts';
import {
  enrolPatient,
  putGrant,
  registerMember,
  requestAccess,
  tag,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {HOSPITAL} from '../ledger/bench-genesis.js';
import type {SignedBlocks} from './signed-blocks.js';

/** Patients who granted each of a few clinicians, and the requests of these. */
export class AccessRequests {
  readonly #hospital = testOrganisation(HOSPITAL);
  readonly #patients: TestKey[];
  readonly #clinicians: TestKey[];
  #turn = 0;

  constructor(
    private readonly chain: SignedBlocks,
    counts: {patients: number; clinicians: number},
  ) {
    const people = (kind: string, count: number) =>
      Array.from({length: count}, (_, i) => testKey(`bench ${kind} ${String(i)}`));
    this.#patients = people('granting patient', counts.patients);
    this.#clinicians = people('clinician', counts.clinicians);
  }

  /** Enrolled, registered, granted: blocks of the chain. */
  begin(): void {
    const {sponsor} = this.#hospital;
    const slot = slotOf(this.chain.ledger.block.time);
    const {ledger} = this.chain;
    this.chain.add(this.#clinicians.map((one) => ledger.tx(registerMember(this.#hospital, one), [sponsor, one])));
    this.chain.add(
      this.#patients.map((patient) => {
        const recovery = testKey(`recovery of ${String(patient.id)}`);
        return ledger.tx(enrolPatient(patient, recovery), [sponsor, patient, recovery]);
      }),
    );
    const until = {accessFromSlot: slot - 1, accessToSlot: slot + 1_000, dataFromSlot: slot - 100, dataToSlot: slot};
    for (const [n, clinician] of this.#clinicians.entries())
      this.chain.add(
        this.#patients.map((patient) =>
          ledger.tx(putGrant(patient.id, clinician.id, {...until, grantId: tag(n + 1)}), [patient]),
        ),
      );
    this.chain.add([]);
  }

  /** The next clinician asks for the next patient's readings. */
  next(): Uint8Array {
    const turn = this.#turn++;
    const who = Math.floor(turn / this.#patients.length) % this.#clinicians.length;
    const [patient, clinician] = [this.#patients[turn % this.#patients.length], this.#clinicians[who]];
    if (patient === undefined || clinician === undefined) throw new RangeError('nobody');
    const slot = slotOf(this.chain.ledger.block.time);
    return this.chain.ledger.tx(
      requestAccess(patient.id, {slotFrom: slot - 2, slotTo: slot - 1, grantId: tag(who + 1)}),
      [clinician],
    );
  }
}
