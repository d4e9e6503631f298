import {create} from '@bufbuild/protobuf';
import {decodeCanonical, fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {AnchorResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordToReleaseSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {partsOfPosted, sealRecord} from '@vitalvault/envelope';
import {requestAccess} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {clinician, device, epochBox, grantId, patient, readerBox, slot, tag} from './policy-people.js';
import {PolicySystem, random} from './policy-system.js';
import {signedReleaseRequest} from './support/signed-release-request.js';
import type {RequestSigner} from './support/signed-release-request.js';

/** One system, and what has happened in it so far: each group of cases goes on where the one before ended. */
export class PolicyStory {
  system!: PolicySystem;
  records: RecordToRelease[] = [];
  /** Transactions of a permitted and a refused access. */
  permit = '';
  refusal = '';

  async start(): Promise<void> {
    this.system = await PolicySystem.start(1);
  }

  get chainId(): string {
    return this.system.genesis.chainId;
  }

  /** The clinician asks for the patient's data. */
  ask(change: Parameters<typeof requestAccess>[1] = {}) {
    const asked = {grantId, typeTag: tag, slotFrom: slot - 3, slotTo: slot, readerKey: readerBox.publicKey};
    return this.system.run(requestAccess(patient.id, {...asked, detailsHash: sha256Of(Uint8Array.of(7)), ...change}), [
      clinician,
    ]);
  }

  release(txId: string, records = this.records, signer: RequestSigner = clinician) {
    return this.system.grpc.releaseKeys({
      txId: fromHex(txId),
      signedRequest: signedReleaseRequest(txId, signer, this.system.organisationId),
      records,
    });
  }

  /** A record of the patient's device, anchored. */
  async seal(sequence: bigint): Promise<RecordToRelease> {
    const releaseKey =
      this.system.genesis.genesis.organisations
        .find(({id}) => toHex(id) === this.system.organisationId)
        ?.keys.find(({role}) => role === 6)?.key?.publicKey ?? new Uint8Array();
    const posted = await sealRecord({
      header: {
        chainId: this.chainId,
        patient: patient.id,
        registration: 1,
        typeTag: tag,
        epoch: 1,
        slot: slot - 1,
        sequence,
        tagSequence: sequence,
      },
      payload: {schemaId: 'omh:heart-rate:2.0', schemaHash: random(32), encoding: 1, readings: [random(20)]},
      epochPublicKey: epochBox.publicKey,
      releasePublicKey: releaseKey,
      devicePrivateKey: device.privateKey,
      random,
    });
    const {data} = await this.system.run(
      {
        case: 'anchorRecords',
        value: {entries: [{entry: {case: 'record', value: {...partsOfPosted(posted), signature: posted.signature}}}]},
      },
      [this.system.storage],
    );
    const [result] = decodeCanonical(AnchorResultsSchema, fromHex(data)).results;
    expect(result?.code).toBe(0);
    const {header, ciphertextHash, innerKeyHash} = partsOfPosted(posted);
    return create(RecordToReleaseSchema, {
      header,
      ciphertextHash,
      innerKeyHash,
      sealedKey: posted.sealedKey,
      signature: posted.signature,
      logIndex: result?.index ?? 0n,
    });
  }
}

export const until = (holds: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(async () => {
    if (!(await holds())) throw new Error('not in time');
  }, 60_000);
