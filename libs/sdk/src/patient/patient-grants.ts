import {ACTION, PURPOSE, compareBytes, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ZERO_TAG} from '@vitalvault/envelope';
import type {TxResult} from '../ledger/transactions.js';
import {untilProven} from '../ledger/until-proven.js';
import {requireId, requireUint32} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {beginEpochs} from './begin-epochs.js';
import {takeIfProven} from './current-key.js';
import {dueEnding} from './due-endings.js';
import type {StatementOutcome} from './epochs.js';
import {verifiedMember} from './grantee.js';
import type {VerifiedMember} from './grantee.js';
import {handOnKeys} from './hand-on-keys.js';
import {PatientContext} from './patient-context.js';
import type {PatientOptions} from './patient-context.js';
import {tagOf} from './patient-keys.js';
import type {PatientKeys, StoredGrant} from './patient-keys.js';
import {settle, settleToGive} from './settle.js';
import {settleSent} from './settle-sent.js';
import {typesOf} from './take-epoch.js';
import {isVersionOf, newestVersion} from './take-grant.js';

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

export interface RevokeOptions {
  onProgress?: ((begun: number, all: number) => void) | undefined;
  /** Revokes an id also when neither this home nor the ledger knows it: a copy of the home may have sent the grant. */
  unlisted?: boolean | undefined;
}

export interface RevokeResult {
  /** Undefined: the ledger had it already. */
  result: TxResult | undefined;
  /** It had ended before this was asked: nothing was sent, and no epoch begun but what was left over. */
  wasOver: boolean;
  /** Of the epoch that was begun for each type of the grant, and for each that was left over. */
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
   * @throws SdkError `unknown-grantee`, `grantee-is-organisation`, `tx-refused`, `invalid-argument`; `tx-timeout` also
   *   when the ledger does not prove the grant
   */
  async put(terms: GrantTerms): Promise<GrantResult> {
    const {context} = this;
    requireTerms(terms);
    await settleToGive(context);
    if (context.keys.endingsDue.some((due) => due.kind === 'revocation' && due.grantId === terms.grantId))
      throw new SdkError('invalid-argument', {detail: 'this grant is being revoked, for good: make a new one'});
    const grantee = await this.lookUp(terms.grantee);
    if (grantee.suspended) throw new SdkError('unknown-grantee', {detail: 'this member is suspended'});
    const known = context.keys.grants.find(({grantId}) => grantId === terms.grantId);
    const grant = storedGrant(terms, grantee, {
      grantId: terms.grantId ?? toHex(context.environment.random(16)),
      version: 1 + (terms.grantId === undefined ? 0 : await this.versionOf(terms.grantId)),
      wrapVersion: known?.wrapVersion ?? 0,
    });
    const result = await context.transactions.send(putGrant(context, grant, terms), {
      keep: () => {
        // Of two tries the earlier one may expire later: each expires by the header that it was shown.
        const expiresAt = context.keys.newestExpiry;
        const others = context.keys.sentGrants.filter((sent) => sent.grant !== grant);
        context.keys.sentGrants = [...others, {grant, expiresAt}];
        return context.save();
      },
    });
    await untilProven(context.ledger, result.height, async () => {
      const height = await settleSent(context);
      return {isShown: context.keys.grants.some((one) => isVersionOf(grant, one)), height};
    });
    const handedOn = await handOnKeys(context);
    const wrapped = handedOn.find(({grantId}) => grantId === grant.grantId)?.wrapped ?? 0;
    return {grantId: grant.grantId, version: grant.version, result, grantee, wrapped};
  }

  /**
   * The newest: on the ledger, as this copy of her home may be older than the grant; and what was sent and may still
   * commit, so that it cannot come in the place of what is sent after it.
   */
  private async versionOf(grantId: string): Promise<number> {
    const {ledger, keys, id} = this.context;
    const [value] = await ledger.state(keys.signing, [{kind: 'grant', parts: [id, fromHex(grantId)]}]);
    const there = value === undefined ? 0 : decodeCanonical(GrantSchema, value).version;
    return Math.max(there, newestVersion(keys, grantId));
  }

  /**
   * Revokes for good and begins a new epoch for the grant's types, of the first 64 in the same transaction; the grants
   * that go on get its keys. What the grantee opened already cannot be unread. From here on, whatever comes of it, she
   * is handed no further key, and it is sent again until the ledger proves it.
   * @throws SdkError `unknown-grant` when neither this home nor the ledger has such a grant, or the ledger has none and
   *   nothing that this home signed can make it any more; `tx-timeout`,
   *   `tx-refused`, …: it is not proven, and sent again by whatever is done next
   */
  async revoke(grantId: string, {onProgress, unlisted = false}: RevokeOptions = {}): Promise<RevokeResult> {
    const {context} = this;
    const {keys} = context;
    requireId('grantId', grantId, 16);
    const isIt = (grant: StoredGrant): boolean => grant.grantId === grantId;
    const grants = [...keys.grants, ...keys.sentGrants.map(({grant}) => grant)].filter(isIt);
    const isKnown = unlisted || grants.length > 0;
    if (!isUnderWay(keys, grantId) && (await this.isRevoked(grantId, isKnown))) return this.beginLeftOver(onProgress);
    const due = dueEnding(keys, {kind: 'revocation', grantId, expiresAt: 0});
    for (const grant of grants) grant.revoked = true;
    keys.epochsDue = [...new Set([...keys.epochsDue, ...grants.flatMap((grant) => typesOf(keys, grant))])];
    await context.save();
    const ended = await settle(context, {due: [due], onProgress});
    const handedOn = keys.replacement === undefined ? await handOnKeys(context) : [];
    return {
      result: ended?.result,
      wasOver: false,
      outcomes: ended?.outcomes ?? [],
      rewrapped: handedOn.map((one) => one.grantId),
    };
  }

  /**
   * By proof; of one that is known also when nothing can be asked.
   * @throws SdkError `unknown-grant`; of one that is not known also what kept it from asking
   */
  private async isRevoked(grantId: string, isKnown: boolean): Promise<boolean> {
    const {context} = this;
    try {
      await takeIfProven(context);
      const [value] = await context.ledger.state(context.keys.signing, [
        {kind: 'grant', parts: [context.id, fromHex(grantId)]},
      ]);
      if (value !== undefined) return decodeCanonical(GrantSchema, value).revoked;
    } catch (error) {
      if (!isKnown) throw error;
    }
    if (!isKnown) throw new SdkError('unknown-grant', {detail: `she has no grant ${grantId}`});
    return false;
  }

  /** What an interrupted revocation has not begun yet. */
  private async beginLeftOver(onProgress: RevokeOptions['onProgress']): Promise<RevokeResult> {
    const {context} = this;
    const {keys} = context;
    await settle(context);
    const typeNames = keys.replacement === undefined ? keys.epochsDue : [];
    const fromSlot = typeNames.length === 0 ? 0 : await context.ledger.slot();
    const {outcomes} = await beginEpochs(context, {typeNames, fromSlot, onProgress});
    const handedOn = keys.replacement === undefined ? await handOnKeys(context) : [];
    return {result: undefined, wasOver: true, outcomes, rewrapped: handedOn.map((one) => one.grantId)};
  }
}

/** Whether this home has it as one that stands, or revokes it already: then nothing is asked before it is sent. */
function isUnderWay({grants, sentGrants, endingsDue}: PatientKeys, grantId: string): boolean {
  return (
    [...grants, ...sentGrants.map(({grant}) => grant)].some((one) => one.grantId === grantId && !one.revoked) ||
    endingsDue.some((due) => due.kind === 'revocation' && due.grantId === grantId)
  );
}

/** What cannot be encoded, or would mean something else: no permits at all is written as no limit. */
function requireTerms(terms: GrantTerms): void {
  requireId('grantee', terms.grantee, 20);
  if (terms.grantId !== undefined) requireId('grantId', terms.grantId, 16);
  if (terms.maxReads !== undefined) requireUint32('maxReads', terms.maxReads, 1);
  for (const name of ['accessFromSlot', 'accessToSlot', 'dataFromSlot', 'dataToSlot'] as const)
    requireUint32(name, terms[name]);
}

function putGrant({id, keys}: PatientContext, grant: StoredGrant, terms: GrantTerms): TxMessage {
  const {grantId, grantee, version, allTypes, typeNames} = grant;
  const {accessFromSlot, accessToSlot, dataFromSlot, dataToSlot, maxReads} = terms;
  return {
    case: 'putGrant',
    value: {
      patient: id,
      grantId: fromHex(grantId),
      version,
      grantee: fromHex(grantee),
      typeTags: allTypes ? [ZERO_TAG] : typeNames.map((name) => tagOf(keys, name)).toSorted(compareBytes),
      actions: (terms.actions ?? ['read']).map((name) => ACTION[name]).toSorted((a, b) => a - b),
      purposes: terms.purposes.map((name) => PURPOSE[name]).toSorted((a, b) => a - b),
      accessFromSlot,
      accessToSlot,
      dataFromSlot,
      dataToSlot,
      ...(maxReads === undefined ? {} : {maxReads}),
    },
  };
}

function storedGrant(
  terms: GrantTerms,
  grantee: VerifiedMember,
  place: Pick<StoredGrant, 'grantId' | 'version' | 'wrapVersion'>,
): StoredGrant {
  return {
    ...place,
    grantee: grantee.member,
    granteeKey: toHex(grantee.encryptionKey),
    typeNames: terms.types === 'all' ? [] : terms.types,
    allTypes: terms.types === 'all',
    dataFromSlot: terms.dataFromSlot,
    dataToSlot: terms.dataToSlot,
    wrapsDue: true,
    revoked: false,
  };
}
