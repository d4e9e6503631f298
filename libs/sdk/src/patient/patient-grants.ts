import {ACTION, NO_TERMS, PURPOSE, compareBytes, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {ZERO_TAG, signWrapBundle, wrapEpoch} from '@vitalvault/envelope';
import {privateHalf} from '../keys/stored-key.js';
import type {TxResult} from '../ledger/transactions.js';
import {requireId, requireUint32} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {prepareEpochs, settleEpochs} from './epochs.js';
import type {StatementOutcome} from './epochs.js';
import {verifiedMember} from './grantee.js';
import type {VerifiedMember} from './grantee.js';
import {PatientContext} from './patient-context.js';
import type {PatientOptions} from './patient-context.js';
import {tagOf} from './patient-keys.js';
import type {StoredEpoch, StoredGrant} from './patient-keys.js';

export type PurposeName = keyof typeof PURPOSE;

/** Whom, what, for what, when. Slots are inclusive at both ends. */
export interface GrantTerms {
  /**
   * Member id, hexadecimal; the ledger knows grants to whole organisations, this SDK makes none (docs/threat-model.md).
   */
  grantee: string;
  /** Names of types, or 'all'. */
  types: string[] | 'all';
  purposes: PurposeName[];
  actions?: (keyof typeof ACTION)[];
  accessFromSlot: number;
  accessToSlot: number;
  dataFromSlot: number;
  dataToSlot: number;
  /** Permits in all, 1 at the least; absent: no limit. */
  maxReads?: number | undefined;
  /** To alter a grant of hers; absent: a new one. */
  grantId?: string | undefined;
}

export interface GrantResult {
  grantId: string;
  version: number;
  result: TxResult;
  grantee: VerifiedMember;
  /** Epochs whose private keys were wrapped and deposited. */
  wrapped: number;
}

export interface RevokeResult {
  result: TxResult;
  /** Of the epoch that was begun for each type of the grant. */
  outcomes: StatementOutcome[];
  /** Grants that go on and got the new epochs' keys. */
  rewrapped: string[];
}

/** Grants of one patient: put, alter, revoke; and the keys that go with them. @paper ME T_access */
export class PatientGrants {
  readonly context: PatientContext;

  constructor(options: PatientOptions | PatientContext) {
    this.context = options instanceof PatientContext ? options : new PatientContext(options);
  }

  /** Who a member is, before anything is granted to her. */
  lookUp(member: string): Promise<VerifiedMember> {
    return verifiedMember(this.context.ledger, this.context.keys.signing, member);
  }

  /**
   * Puts a grant and deposits the epoch keys that it needs, sealed to the grantee's proven key.
   * @throws SdkError `unknown-grantee`, `grantee-is-organisation`, `tx-refused`, `invalid-argument`
   */
  async put(terms: GrantTerms): Promise<GrantResult> {
    const {context} = this;
    requireTerms(terms);
    const grantee = await this.lookUp(terms.grantee);
    if (grantee.suspended) throw new SdkError('unknown-grantee', {detail: 'this member is suspended'});
    const known = context.keys.grants.find(({grantId}) => grantId === terms.grantId);
    const grant = storedGrant(terms, grantee, known, terms.grantId ?? toHex(context.environment.random(16)));
    const result = await context.transactions.send({
      case: 'putGrant',
      value: {
        patient: context.id,
        grantId: fromHex(grant.grantId),
        version: grant.version,
        grantee: fromHex(grant.grantee),
        typeTags: grant.allTypes
          ? [ZERO_TAG]
          : grant.typeNames.map((name) => tagOf(context.keys, name)).toSorted(compareBytes),
        actions: (terms.actions ?? ['read']).map((name) => ACTION[name]).toSorted((a, b) => a - b),
        purposes: terms.purposes.map((name) => PURPOSE[name]).toSorted((a, b) => a - b),
        accessFromSlot: terms.accessFromSlot,
        accessToSlot: terms.accessToSlot,
        dataFromSlot: terms.dataFromSlot,
        dataToSlot: terms.dataToSlot,
        ...(terms.maxReads === undefined ? {} : {maxReads: terms.maxReads}),
      },
    });
    context.keys.grants = [...context.keys.grants.filter(({grantId}) => grantId !== grant.grantId), grant];
    await context.save();
    return {grantId: grant.grantId, version: grant.version, result, grantee, wrapped: await this.deposit(grant)};
  }

  /**
   * Revokes for good and begins a new epoch for the grant's types in the same transaction; the grants that go on get
   * its keys. What the grantee opened already cannot be unread.
   */
  async revoke(grantId: string): Promise<RevokeResult> {
    const {context} = this;
    const grant = context.keys.grants.find((known) => known.grantId === grantId);
    const types = grant === undefined ? [] : this.typesOf(grant);
    const {epochs, statements} = await prepareEpochs(
      context,
      types,
      types.length === 0 ? 0 : await context.ledger.slot(),
    );
    const result = await context.transactions.send({
      case: 'putGrant',
      value: {
        patient: context.id,
        grantId: requireId('grantId', grantId, 16),
        version: (grant?.version ?? 0) + 1,
        ...NO_TERMS,
        epochStatements: statements,
      },
    });
    if (grant !== undefined) grant.revoked = true;
    const outcomes = await settleEpochs(context, epochs, result.data);
    const touched = new Set(outcomes.flatMap(({typeName, code}) => (code === 0 ? [typeName] : [])));
    return {
      result,
      outcomes,
      rewrapped: await this.rewrap((other) => this.typesOf(other).some((name) => touched.has(name))),
    };
  }

  /** Deposits all keys anew for every standing grant that `which` names; after a rotation. */
  async rewrap(which: (grant: StoredGrant) => boolean = () => true): Promise<string[]> {
    const standing = this.context.keys.grants.filter((grant) => !grant.revoked && which(grant));
    for (const grant of standing) await this.deposit(grant);
    return standing.map(({grantId}) => grantId);
  }

  private typesOf(grant: StoredGrant): string[] {
    return grant.allTypes ? [...new Set(this.context.keys.epochs.map(({typeName}) => typeName))] : grant.typeNames;
  }

  /** Seals the epochs that overlap the grant's data period to its grantee, signs the bundle, deposits it at policy. */
  private async deposit(grant: StoredGrant): Promise<number> {
    const {keys, ledger, environment} = this.context;
    const epochs = keys.epochs.filter(
      (epoch) => epoch.published && this.typesOf(grant).includes(epoch.typeName) && overlaps(epoch, grant, keys.epochs),
    );
    grant.wrapVersion += 1;
    await this.context.save();
    const context = {
      chainId: ledger.chainId,
      patient: this.context.id,
      grantId: fromHex(grant.grantId),
      grantee: fromHex(grant.grantee),
    };
    const wraps = await Promise.all(
      epochs.map((epoch) =>
        wrapEpoch({
          context: {...context, typeTag: fromHex(epoch.typeTag), epoch: epoch.epoch},
          typeName: epoch.typeName,
          epochPrivateKey: fromHex(epoch.privateKey),
          granteePublicKey: fromHex(grant.granteeKey),
          random: environment.random,
        }),
      ),
    );
    const bundle = signWrapBundle({...context, version: grant.wrapVersion, epochs: wraps}, privateHalf(keys.signing));
    await ledger.api.put('policy', `/v1/patients/${keys.patient}/grants/${grant.grantId}/wraps`, {
      signer: keys.signing,
      body: encodeCanonical(SignedWrapBundleSchema, bundle),
      contentType: 'wraps',
    });
    return wraps.length;
  }
}

/** What cannot be encoded, or would mean something else: no permits at all is written as no limit. */
function requireTerms(terms: GrantTerms): void {
  requireId('grantee', terms.grantee, 20);
  if (terms.grantId !== undefined) requireId('grantId', terms.grantId, 16);
  if (terms.maxReads !== undefined) requireUint32('maxReads', terms.maxReads, 1);
  for (const name of ['accessFromSlot', 'accessToSlot', 'dataFromSlot', 'dataToSlot'] as const)
    requireUint32(name, terms[name]);
}

function storedGrant(
  terms: GrantTerms,
  grantee: VerifiedMember,
  known: StoredGrant | undefined,
  grantId: string,
): StoredGrant {
  return {
    grantId,
    grantee: grantee.member,
    granteeKey: toHex(grantee.encryptionKey),
    version: (known?.version ?? 0) + 1,
    typeNames: terms.types === 'all' ? [] : terms.types,
    allTypes: terms.types === 'all',
    dataFromSlot: terms.dataFromSlot,
    dataToSlot: terms.dataToSlot,
    wrapVersion: known?.wrapVersion ?? 0,
    revoked: false,
  };
}

/** Whether an epoch covers any slot of the grant's data period: it runs to the next epoch's first slot, inclusive. */
function overlaps(epoch: StoredEpoch, grant: StoredGrant, all: StoredEpoch[]): boolean {
  const next = all.find(
    (other) => other.published && other.typeName === epoch.typeName && other.epoch === epoch.epoch + 1,
  );
  return epoch.fromSlot <= grant.dataToSlot && (next === undefined || next.fromSlot >= grant.dataFromSlot);
}
