import {equalBytes, toHex} from '@vitalvault/contracts';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrapBundle} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {EnvelopeError, openWrapBundle} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {decodeForCaller} from '../domain/decode-for-caller.js';
import type {DocumentStore, Id, Projection} from './ports.js';

const MAX_EPOCHS = 4_096;

/** Keeps for a grant the epoch keys that the patient wrapped for its grantee. */
export class KeepWraps {
  constructor(
    private readonly options: {chainId: string},
    private readonly ports: {projection: Projection; documents: DocumentStore},
  ) {}

  /** @throws DomainError malformed, unknown-field, not-found, wrap-invalid */
  async execute(place: {patient: Id; grantId: Id}, bytes: Uint8Array): Promise<void> {
    const signed = decodeForCaller(SignedWrapBundleSchema, bytes);
    const patient = await this.ports.projection.patient(place.patient);
    if (patient?.signingKey === undefined) throw new DomainError('not-found', {detail: 'no such patient'});
    let bundle: WrapBundle;
    try {
      bundle = openWrapBundle(signed, patient.signingKey);
    } catch (cause) {
      if (cause instanceof EnvelopeError) throw new DomainError('wrap-invalid', {detail: cause.message, cause});
      throw cause;
    }
    await this.check(bundle, place);
    if (!(await this.ports.documents.putWraps({...place, version: bundle.version, value: bytes})))
      throw new DomainError('wrap-invalid', {detail: 'version: a higher one, or another bundle of the same, is here'});
  }

  private async check(bundle: WrapBundle, place: {patient: Id; grantId: Id}): Promise<void> {
    const invalid = (detail: string): never => {
      throw new DomainError('wrap-invalid', {detail});
    };
    if (bundle.chainId !== this.options.chainId) invalid('another chain');
    if (toHex(bundle.patient) !== place.patient || toHex(bundle.grantId) !== place.grantId)
      invalid('for another patient or grant');
    if (bundle.version < 1) invalid('version: counts from 1');
    if (bundle.epochs.length === 0 || bundle.epochs.length > MAX_EPOCHS) invalid(`epochs: 1 to ${MAX_EPOCHS}`);
    if (
      bundle.epochs.some(
        ({typeTag, publicKey, sealed, epoch}) =>
          typeTag.length !== 16 || publicKey.length !== 32 || sealed.length !== 80 || epoch < 1,
      )
    )
      invalid('epochs: a field of a wrong length');
    const grant = await this.ports.projection.grant(place.patient, place.grantId);
    if (grant === undefined || grant.revoked) return invalid('no grant stands under this id');
    if (!equalBytes(grant.grantee, bundle.grantee)) invalid("for another grantee than the grant's");
  }
}
