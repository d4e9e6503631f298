import {
  anchorRecords,
  enrolPatient,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
  revokeGrant,
  TEST_CHAIN,
  TestLedger,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {seededRandom} from '@vitalvault/testkit';

const {patient, recovery, clinician, device, stranger} = PEOPLE;
const hospital = testOrganisation('hospital');

/** Rows of transactions that concern one another: good, refused, twice, of a stranger, damaged, none at all. */
export class MixedBag {
  readonly maker = new TestLedger();
  private readonly before: Uint8Array[] = [];
  private readonly random: (length: number) => Uint8Array;

  constructor(seed: string) {
    this.random = seededRandom(seed);
  }

  below(most: number): number {
    return Buffer.from(this.random(4)).readUInt32LE() % most;
  }

  /** The first block: everybody that the others speak of. */
  begin(): Uint8Array[] {
    const {maker} = this;
    return [
      maker.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
      maker.tx(registerMember(hospital, clinician), [hospital.sponsor, clinician]),
      maker.tx(registerDevice(patient, device), [patient, device]),
    ];
  }

  row(most = 12): Uint8Array[] {
    return Array.from({length: this.below(most)}, () => {
      const tx = this.one();
      this.before.push(tx);
      return tx;
    });
  }

  private one(): Uint8Array {
    const {maker} = this;
    const [again, name] = [this.before[this.below(this.before.length + 1)], `patient ${this.below(50)}`];
    const [other, otherRecovery] = [testKey(name), testKey(`${name} recovery`)];
    const good: readonly (() => Uint8Array)[] = [
      () => maker.tx(enrolPatient(other, otherRecovery), [hospital.sponsor, other, otherRecovery]),
      () => maker.tx(putGrant(patient.id, clinician.id, {version: 1 + this.below(4)}), [patient]),
      () => maker.tx(revokeGrant(patient.id), [patient]),
      () => maker.tx(requestAccess(patient.id), [clinician]),
      () => maker.tx(revokeGrant(stranger.id), [stranger]),
      () => maker.tx(revokeGrant(patient.id), [patient], {chainId: `${TEST_CHAIN}2`}),
      () => maker.tx(revokeGrant(patient.id), [patient], {nonce: BigInt(this.below(2_000))}),
      () =>
        maker.tx(anchorRecords([recordEntry({patient, device, custodian: hospital})]), [hospital.storage], {
          expiresAtHeight: BigInt(this.below(40)),
        }),
    ];
    const tx = (good[this.below(good.length)] as () => Uint8Array)();
    const at = this.below(tx.length);
    switch (this.below(8)) {
      case 0:
        return again ?? tx;
      case 1:
        return tx.with(at, (tx[at] ?? 0) ^ (1 << this.below(8)));
      case 2:
        return this.random(this.below(60));
      default:
        return tx;
    }
  }
}
