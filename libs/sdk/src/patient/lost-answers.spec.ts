import {expect, describe, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {EpochHeadSchema, GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedWrapBundleSchema, WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {EpochStatementSchema, SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {numberPart} from '@vitalvault/proofs';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {idOf} from '../keys/stored-key.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
import {PatientGrants} from './patient-grants.js';
import {tagOf} from './patient-keys.js';
import {fateOf, placeOf} from './due-endings.js';
import type {DueEnding, PatientKeys} from './patient-keys.js';
import {Patient} from './patient.js';
import {SdkError} from '../sdk-error.js';

const STEPS = 'omh:step-count';

/** A patient whose process ends at one of its steps: what is left is what was durable by then. */
class Killable {
  private steps = 0;
  constructor(
    readonly all: People,
    public file: PatientKeys,
    private readonly lastStep = Infinity,
    // Durable before they are given.
    readonly nonces = new MemoryNonceStore(100n),
  ) {
    this.all.platform.tamper = (_, answer) => {
      this.step();
      return answer;
    };
  }

  get context(): PatientContext {
    return new PatientContext({
      keys: structuredClone(this.file),
      ledger: this.all.ledger,
      nonces: this.nonces,
      save: (keys) => {
        this.step();
        this.file = structuredClone(keys);
        this.step();
        return Promise.resolve();
      },
    });
  }

  // Before and after it is durable; after a service did its part and before this side heard of it.
  private step(): void {
    this.steps += 1;
    if (this.steps >= this.lastStep) throw new Error('killed');
  }
}

const standing = ({keys}: PatientContext): string => keys.grants.find(({revoked}) => !revoked)?.grantId ?? '';

/** Each with a number, that it can be done again and again. */
const ACTS: readonly [string, (context: PatientContext, all: People, n: number) => Promise<unknown>][] = [
  ['first epochs', (context, {slot}, n) => new Patient(context).publishEpochs([`${STEPS}-${n}`], slot - 5)],
  ['an earlier first epoch', (context, _, n) => new Patient(context).publishEpochs([HEART_RATE], 400_000 - n)],
  ['a rotation', (context) => new Patient(context).rotate([HEART_RATE])],
  ['a grant', (context, {terms}) => new PatientGrants(context).put(terms)],
  [
    'a grant that is altered',
    (context, {terms}) => new PatientGrants(context).put({...terms, grantId: standing(context)}),
  ],
  ['a revocation', (context) => new PatientGrants(context).revoke(standing(context))],
  [
    'a removal',
    (context, {deviceKey, slot}, n) => new Patient(context).removeDevice(idOf(deviceKey), {distrustFromSlot: slot - n}),
  ],
  ['another key', (context) => new Patient(context).replaceSigningKey()],
];

/** What the ledger and policy have of hers, and what of it she has no key for, or her grantees none. */
function missing(all: People, file: PatientKeys): string[] {
  const {platform, keys} = all;
  const {state} = platform.chain.ledger;
  const patient = fromHex(keys.patient);
  const lost: string[] = [];
  const newest = new Map<string, number>();
  for (const typeName of [HEART_RATE, ...Array.from({length: 60}, (_, n) => `${STEPS}-${n}`)]) {
    const tag = tagOf(file, typeName);
    const head = state.get(STATE_KIND.epochHead, [patient, tag]);
    const {epoch: last} = head === undefined ? {epoch: 0} : decodeCanonical(EpochHeadSchema, head);
    newest.set(toHex(tag), last);
    for (let n = 1; n <= last; n++) {
      const value = state.get(STATE_KIND.epochStatement, [patient, tag, numberPart(n)]) ?? new Uint8Array();
      const {statement} = decodeCanonical(SignedEpochStatementSchema, value);
      const {publicKey, fromSlot} = decodeCanonical(EpochStatementSchema, statement);
      const own = file.epochs.find(({typeTag, epoch, published}) => published && typeTag === toHex(tag) && epoch === n);
      if (own?.publicKey !== toHex(publicKey) || own.fromSlot !== fromSlot) lost.push(`${typeName} ${n}`);
    }
  }
  return [...lost, ...unwrapped(all, file, newest.get(toHex(tagOf(file, HEART_RATE))) ?? 0)];
}

/** Standing grants without the newest epoch's key. */
function unwrapped({platform, keys}: People, file: PatientKeys, newest: number): string[] {
  const {state} = platform.chain.ledger;
  const patient = fromHex(keys.patient);
  const lost: string[] = [];
  for (const {grantId} of [...file.grants, ...file.sentGrants.map(({grant}) => grant)]) {
    const value = state.get(STATE_KIND.grant, [patient, fromHex(grantId)]);
    if (value === undefined || decodeCanonical(GrantSchema, value).revoked) continue;
    const put = platform.kept.get(`/v1/patients/${keys.patient}/grants/${grantId}/wraps`);
    const wraps = put && decodeCanonical(WrapBundleSchema, decodeCanonical(SignedWrapBundleSchema, put).bundle).epochs;
    const tag = toHex(tagOf(file, HEART_RATE));
    if (!wraps?.some(({typeTag, epoch}) => toHex(typeTag) === tag && epoch === newest))
      lost.push(`wraps of ${grantId}`);
  }
  return lost;
}

/** What she took back, was kept, and goes on all the same. */
function goesOn({platform, keys, patientId}: People, {endingsDue}: PatientKeys): DueEnding[] {
  return endingsDue.filter((due) => {
    const {kind, parts} = placeOf(patientId, due);
    return fateOf(keys, due, {value: platform.chain.ledger.state.get(kind, parts), time: 0}) === undefined;
  });
}

/** When a transaction that nobody heard of commits: before the next run, in its middle, or after it. */
const LATE = ['before', 'meanwhile', 'after'] as const;

/** A refusal is none of the ends that are tried here. */
function wasKilled(error: unknown): false {
  const by = error instanceof SdkError && error.code === 'network' ? error.cause : error;
  if (by instanceof Error && by.message === 'killed') return false;
  throw error;
}

describe.each(ACTS)('%s that was cut off', (what, act) => {
  const started = async (): Promise<People> => {
    const all = await people();
    const terms = {...all.terms, dataToSlot: all.slot + 5_000};
    await all.grants.put(terms);
    await all.grants.put(terms);
    return {...all, terms};
  };
  /** She goes on: with the same act for a key that is being replaced, with any for the rest. */
  const goOn = async ({all, file, nonces}: Killable): Promise<PatientKeys> => {
    const life = new Killable(all, file, Infinity, nonces);
    const {context} = life;
    if (context.keys.replacement !== undefined) await new Patient(context).replaceSigningKey();
    else await new Patient(context).rotate([HEART_RATE]);
    return life.file;
  };

  it('at any step loses no key and no ending, and no grantee hers', async () => {
    const all = await started();
    let life = new Killable(all, all.keys);
    // Every step of a rotation; of the others, which have most of theirs from it, each third.
    const stride = what === 'a rotation' ? 1 : 3;
    for (let last = stride; ; last += stride) {
      life = new Killable(all, life.file, last, life.nonces);
      const ended = await act(life.context, all, last).then(() => true, wasKilled);
      const kept = life.file;
      life = new Killable(all, await goOn(life), Infinity, life.nonces);
      expect([last, missing(all, life.file), goesOn(all, kept), life.file.endingsDue]).toEqual([last, [], [], []]);
      // One for the next revocation, never more: each has steps of its own. A day gives rights and a succession back.
      const {context} = life;
      if (context.keys.grants.filter(({revoked}) => !revoked).length < 2)
        await new PatientGrants(context).put(all.terms);
      all.platform.chain.ledger.commit([], 90_000n);
      if (!ended) continue;
      expect(last).toBeGreaterThan(4);
      return;
    }
  }, 60_000);

  it.each(LATE)('by a time-out, and commits %s the next run, loses no key and no ending', async (when) => {
    const all = await started();
    const life = new Killable(all, all.keys);
    const {platform} = all;
    const pool: Uint8Array[] = [];
    platform.pool = pool;
    await expect(act(life.context, all, 1)).rejects.toMatchObject({code: 'tx-timeout'});
    platform.pool = undefined;
    expect(pool).toHaveLength(1);
    const commit = (): void => {
      platform.commit(pool.splice(0));
    };
    if (when === 'before') commit();
    const next = new Killable(all, life.file, Infinity, life.nonces);
    const {context} = next;
    // Its first questions are asked: what was sent before is not on the ledger yet.
    let asked = 0;
    platform.tamper = (path, answer) => {
      if (when === 'meanwhile' && path.startsWith('/v1/chain/') && ++asked === 1) commit();
      return answer;
    };
    if (context.keys.replacement !== undefined) await new Patient(context).replaceSigningKey();
    else await new Patient(context).rotate([HEART_RATE]);
    if (when === 'after') commit();
    const left = await goOn(next);
    expect([missing(all, left), goesOn(all, life.file), left.endingsDue]).toEqual([[], [], []]);
  });

  it('by a time-out, and never commits, is forgotten when it can commit no more; what she took back is sent again', async () => {
    const all = await started();
    const life = new Killable(all, all.keys);
    all.platform.pool = [];
    await expect(act(life.context, all, 1)).rejects.toMatchObject({code: 'tx-timeout'});
    all.platform.pool = undefined;
    all.platform.chain.ledger.commit([], 3_700n);
    const kept = life.file;
    const {epochs, sentGrants, epochsDue, endingsDue} = await goOn(life);
    expect([epochs.every(({published}) => published), sentGrants, epochsDue]).toEqual([true, [], []]);
    expect([endingsDue, goesOn(all, kept)]).toEqual([[], []]);
  });
});

it('what a service says of a statement costs no key: only a proof does', async () => {
  const all = await people();
  const {platform} = all;
  // "Refused" (code 61), of a statement that the ledger took.
  platform.tamper = (path, answer) =>
    path === '/v1/transactions' ? {json: {...(answer.json as object), data: '0a013d'}} : answer;
  const life = new Killable(all, all.keys);
  const {context} = life;
  platform.tamper = (path, answer) =>
    path === '/v1/transactions' ? {json: {...(answer.json as object), data: '0a013d'}} : answer;
  await new Patient(context).rotate([HEART_RATE]);
  expect(missing(all, life.file)).toEqual([]);
});

it('goes on after the newest epoch of another copy of her home, whose keys only that copy has', async () => {
  const all = await people();
  const yesterday = structuredClone(all.keys);
  await all.patient.rotate([HEART_RATE]);
  await all.patient.rotate([HEART_RATE]);
  const life = new Killable(all, yesterday);
  const {outcomes} = await new Patient(life.context).rotate([HEART_RATE]);
  expect(outcomes).toMatchObject([{epoch: 4, code: 0}]);
  expect(missing(all, life.file)).toEqual([`${HEART_RATE} 2`, `${HEART_RATE} 3`]);
});

it('alters and hands keys to a grant that only another copy of her home knows', async () => {
  const all = await people();
  const yesterday = structuredClone(all.keys);
  const {grantId} = await all.grants.put(all.terms);
  await all.grants.put({...all.terms, grantId});
  const life = new Killable(all, yesterday);
  expect(await new PatientGrants(life.context).put({...all.terms, grantId})).toMatchObject({version: 3, wrapped: 1});
});

it('leaves a grantee the keys that only another copy of her home had handed on', async () => {
  const all = await people();
  const {grantId} = await all.grants.put({...all.terms, dataToSlot: all.slot + 1_000});
  const yesterday = structuredClone(all.keys);
  await all.patient.rotate([HEART_RATE]);
  await new Patient(new Killable(all, yesterday).context).rotate([HEART_RATE]);
  const {keyOf} = await all.clinician.grantedKeys(all.keys.patient, grantId);
  const tag = tagOf(all.keys, HEART_RATE);
  expect([1, 2, 3].map((epoch) => keyOf(tag, epoch) !== undefined)).toEqual([true, true, true]);
});
