import {decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrappedEpoch} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {signWrapBundle, wrapEpoch} from '@vitalvault/envelope';
import {privateHalf} from '../keys/stored-key.js';
import {depositedWraps} from '../ledger/deposited-wraps.js';
import {SdkError} from '../sdk-error.js';
import type {PatientContext} from './patient-context.js';
import type {StoredEpoch, StoredGrant} from './patient-keys.js';
import {isPlaceOf, typesOf} from './take-epoch.js';

/** A grant whose keys were deposited, and how many epochs these are of. */
export interface HandedOn {
  grantId: string;
  wrapped: number;
}

/**
 * Deposits the epoch keys of every standing grant that waits for some. One that fails keeps none of the others from
 * theirs, and goes on waiting.
 * @throws what the first one threw that failed
 */
export async function handOnKeys(context: PatientContext): Promise<HandedOn[]> {
  const handedOn: HandedOn[] = [];
  const failures: unknown[] = [];
  for (const grant of context.keys.grants.filter(({revoked, wrapsDue}) => wrapsDue && !revoked)) {
    try {
      const wrapped = await depositOrForget(context, grant);
      if (wrapped !== undefined) handedOn.push({grantId: grant.grantId, wrapped});
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return handedOn;
}

/** @returns undefined for a grant that does not stand any more: another copy of her home revoked it */
async function depositOrForget(context: PatientContext, grant: StoredGrant): Promise<number | undefined> {
  try {
    return await deposit(context, grant);
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== 'wrap-invalid') throw error;
    if (!(await stands(context, grant))) return undefined;
    // Another copy of her home may have deposited more often, and keys that this one does not have.
    const {keys, ledger} = context;
    const {patient, signing: signer} = keys;
    const {bundle: there} = await depositedWraps(ledger, {
      patient,
      grantId: grant.grantId,
      grantee: grant.grantee,
      signer,
    });
    if (there.version < grant.wrapVersion) throw error;
    grant.wrapVersion = there.version;
    return deposit(context, grant, there.epochs);
  }
}

async function stands(context: PatientContext, grant: StoredGrant): Promise<boolean> {
  const parts = [context.id, fromHex(grant.grantId)];
  const [value] = await context.ledger.state(context.keys.signing, [{kind: 'grant', parts}]);
  if (value !== undefined && !decodeCanonical(GrantSchema, value).revoked) return true;
  grant.revoked = true;
  grant.wrapsDue = false;
  await context.save();
  return false;
}

/**
 * Seals the epochs that overlap the grant's data period to its grantee, signs the bundle, deposits it at policy.
 * @param there what lies there: of an epoch whose key she does not have it is kept, sealed as it is
 */
async function deposit(
  context: PatientContext,
  grant: StoredGrant,
  there: readonly WrappedEpoch[] = [],
): Promise<number> {
  const {keys} = context;
  const types = typesOf(keys, grant);
  const epochs = keys.epochs.filter(
    (epoch) => epoch.published && types.includes(epoch.typeName) && overlaps(epoch, grant, keys.epochs),
  );
  const others = there.filter(
    ({typeTag: tag, epoch}) =>
      !keys.epochs.some((own) => own.published && isPlaceOf(own, {typeTag: toHex(tag), epoch})),
  );
  if (epochs.length + others.length > 0) {
    grant.wrapVersion += 1;
    await context.save();
    await put(context, grant, {epochs, others});
  }
  grant.wrapsDue = false;
  await context.save();
  return epochs.length;
}

async function put(
  context: PatientContext,
  grant: StoredGrant,
  {epochs, others}: {epochs: readonly StoredEpoch[]; others: readonly WrappedEpoch[]},
): Promise<void> {
  const {keys, ledger, environment} = context;
  const place = {
    chainId: ledger.chainId,
    patient: context.id,
    grantId: fromHex(grant.grantId),
    grantee: fromHex(grant.grantee),
  };
  const wraps = await Promise.all(
    epochs.map((epoch) =>
      wrapEpoch({
        context: {...place, typeTag: fromHex(epoch.typeTag), epoch: epoch.epoch},
        typeName: epoch.typeName,
        epochPrivateKey: fromHex(epoch.privateKey),
        granteePublicKey: fromHex(grant.granteeKey),
        random: environment.random,
      }),
    ),
  );
  const bundle = signWrapBundle(
    {...place, version: grant.wrapVersion, epochs: [...wraps, ...others]},
    privateHalf(keys.signing),
  );
  await ledger.api.put('policy', `/v1/patients/${keys.patient}/grants/${grant.grantId}/wraps`, {
    signer: keys.signing,
    body: encodeCanonical(SignedWrapBundleSchema, bundle),
    contentType: 'wraps',
  });
}

/** Whether an epoch covers any slot of the grant's data period: it runs to the next epoch's first slot, inclusive. */
function overlaps(epoch: StoredEpoch, grant: StoredGrant, all: StoredEpoch[]): boolean {
  const next = all.find(
    (other) => other.published && other.typeName === epoch.typeName && other.epoch === epoch.epoch + 1,
  );
  return epoch.fromSlot <= grant.dataToSlot && (next === undefined || next.fromSlot >= grant.dataFromSlot);
}
