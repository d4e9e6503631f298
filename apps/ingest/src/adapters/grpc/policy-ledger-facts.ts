import {NotCanonicalError, decodeCanonical} from '@vitalvault/contracts';
import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {DeviceRegistration} from '@vitalvault/contracts/gen/policy/v1/policy';
import {EpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {grpcClient} from '@vitalvault/grpc';
import type {GrpcClient} from '@vitalvault/grpc';
import type {RegisteredDevice, Removal} from '../../domain/check-device.js';
import type {
  EpochOfTag,
  LedgerFacts,
  PatientEpochs,
  PatientSuccessions,
  RegistrationOfDevice,
} from '../../application/ports.js';

/** Asks this organisation's policy service, whose projection follows the ledger. */
export class PolicyLedgerFacts implements LedgerFacts {
  readonly #policy: GrpcClient<typeof PolicyService>;

  /** @param removalGraceSeconds of the ledger's parameters: how long a removed device may deliver what it has */
  constructor(
    url: string,
    private readonly removalGraceSeconds: number,
  ) {
    this.#policy = grpcClient(PolicyService, {url, unavailable: 'policy-unavailable'});
  }

  async devices(wanted: readonly RegistrationOfDevice[]): Promise<readonly (RegisteredDevice | undefined)[]> {
    const {registrations} = await this.#policy.getRegistrations({
      registrations: wanted.map(({device, registration}) => ({device, registration})),
    });
    if (registrations.length !== wanted.length)
      throw new DomainError('policy-unavailable', {detail: 'It answered for another number of devices.'});
    return registrations.map((found) => this.#toDevice(found));
  }

  async epochs(patient: Uint8Array, typeTag?: Uint8Array): Promise<PatientEpochs> {
    const {statements, atHeight} = await this.#policy.getEpochStatements({
      patient,
      typeTag: typeTag ?? new Uint8Array(),
    });
    return {statements: statements.map(readStatement), atHeight};
  }

  #toDevice(found: DeviceRegistration): RegisteredDevice | undefined {
    if (!found.found || found.key === undefined) return undefined;
    const {key, owner, typeTags, fromSlot, removedAtTime} = found;
    return {
      publicKey: key.publicKey,
      owner,
      typeTags,
      fromSlot,
      removed: removedAtTime === 0n ? undefined : this.#removal(found),
    };
  }

  #removal({removedAtTime, distrustFromSlot}: DeviceRegistration): Removal {
    return {distrustFromSlot, acceptsUntilMs: (Number(removedAtTime) + this.removalGraceSeconds) * 1_000};
  }

  async successions(patient: Uint8Array, after: number): Promise<PatientSuccessions> {
    const {successions, atHeight} = await this.#policy.getSuccessions({patient, after});
    return {successions, atHeight};
  }

  /**
   * Whether it answers, and from its projection. One that stands at a block knows the devices of before.
   * @throws DomainError policy-unavailable, database-unavailable
   */
  async check(): Promise<void> {
    await this.devices([{device: new Uint8Array(20), registration: 1}]).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== 'follower-stopped') throw error;
    });
  }

  close(): void {
    this.#policy.close();
  }
}

function readStatement(signed: SignedEpochStatement): EpochOfTag {
  try {
    const {typeTag, epoch, fromSlot} = decodeCanonical(EpochStatementSchema, signed.statement);
    return {typeTag, epoch, fromSlot, signed};
  } catch (cause) {
    throw cause instanceof NotCanonicalError
      ? new DomainError('internal', {detail: 'policy gave a statement that is none', cause})
      : cause;
  }
}
