import {create} from '@bufbuild/protobuf';
import {describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema, GrantSchema, MemberSchema, RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PEOPLE, accessRequest, tag} from '@vitalvault/ledger-state/testing';
import type {ProofQuestion} from '@vitalvault/light-client';
import type {ProvenLedger, ProvenState, StoredLeaf} from './ports.js';
import {ProvenRelease} from './proven-release.js';

const {patient, clinician, stranger} = PEOPLE;
const txId = new Uint8Array(32).fill(7);
const grantId = tag(1);
const PLACE = {index: 3n, height: 40n};

const accessOf = (
  change: {patient?: Uint8Array; grantId?: Uint8Array; reader?: Uint8Array; permit?: boolean} = {},
) => ({
  case: 'access' as const,
  value: {
    reader: change.reader ?? clinician.id,
    organisation: new Uint8Array(20),
    request: accessRequest(change.patient ?? patient.id, {grantId: change.grantId ?? grantId}),
    decision: {
      permit: change.permit ?? true,
      index: PLACE.index,
      recordLogSize: 50n,
      grantVersion: 1,
      releaseUntilHeight: 99n,
      releaseUntilTime: 99n,
    },
  },
});
type Event = ReturnType<typeof accessOf>;
const leafBytes = (event: Event = accessOf(), id = txId): Uint8Array =>
  encodeCanonical(AccessLeafSchema, {index: PLACE.index, height: PLACE.height, blockTime: 1n, txId: id, event});
const recordLeaf = (index: bigint): Uint8Array =>
  encodeCanonical(RecordLeafSchema, {
    index,
    height: 1n,
    blockTime: 1n,
    txId,
    entry: {entry: {case: 'skip', value: {skip: Uint8Array.of(1), signature: new Uint8Array(64)}}},
    organisation: new Uint8Array(20),
  });

/** Where the projection says that the decision stands. */
function placeOf(bytes = leafBytes()): StoredLeaf {
  return {
    patient: toHex(patient.id),
    index: PLACE.index,
    txId: toHex(txId),
    leaf: decodeCanonical(AccessLeafSchema, bytes),
  };
}

const header = {height: 60n, timeSeconds: 5n} as ProvenState['header'];
const keyOf = (kind: number, parts: readonly Uint8Array[]): string => [kind, ...parts.map(toHex)].join('/');
type Leaf = (kind: number, index: bigint) => Uint8Array | undefined;

/** What a ledger proves: states by key, leaves by place, so many in one answer; every question is noted. */
function harness(states: Record<string, Uint8Array>, leaf: Leaf, perAnswer = 1_000) {
  const asked: {keys: string[]; logs: object[]; atLeast: bigint}[] = [];
  const ledger: ProvenLedger = {
    prove: async ({keys = [], logs = []}: ProofQuestion, atLeast) => {
      asked.push({
        keys: keys.map(({kind = 0, parts = []}) => keyOf(kind, parts)),
        logs: logs.map(({kind, indexes}) => ({kind, indexes})),
        atLeast,
      });
      const given = (logs[0]?.indexes ?? []).slice(0, perAnswer);
      return {
        header,
        answer: {
          state: (kind: number, parts: readonly Uint8Array[]) => states[keyOf(kind, parts)],
          leaf: (kind: number, of: Uint8Array, index: bigint) =>
            toHex(of) === toHex(patient.id) && given.includes(index) ? leaf(kind, index) : undefined,
        } as unknown as ProvenState['answer'],
      };
    },
  };
  return {asked, proven: new ProvenRelease({ledger})};
}
const decision =
  (bytes = leafBytes()): Leaf =>
  (kind, index) =>
    kind === STATE_KIND.accessLog && index === PLACE.index ? bytes : undefined;

const grantKey = keyOf(STATE_KIND.grant, [patient.id, grantId]);
const memberKey = keyOf(STATE_KIND.member, [clinician.id]);
const grant = encodeCanonical(GrantSchema, {...create(GrantSchema), grantee: clinician.id, version: 1});
const member = encodeCanonical(MemberSchema, {
  ...create(MemberSchema),
  organisation: stranger.id,
  signingKey: clinician.key,
});

describe('facts of a release', () => {
  it('are asked for in one question, of the block of the decision or a later one', async () => {
    const {asked, proven} = harness({[grantKey]: grant, [memberKey]: member}, decision());
    const facts = await proven.facts(placeOf(), txId, PLACE.height);
    expect(asked).toEqual([
      {
        keys: [keyOf(STATE_KIND.accessLog, [patient.id]), grantKey, memberKey, keyOf(STATE_KIND.patient, [patient.id])],
        logs: [{kind: STATE_KIND.accessLog, indexes: [3n]}],
        atLeast: PLACE.height,
      },
    ]);
    expect(facts).toMatchObject({
      header,
      permit: {reader: clinician.id, request: {patient: patient.id, grantId}},
      grant: {grantee: clinician.id},
      member: {organisation: stranger.id},
    });
  });

  it('say that there is no grant and no member when that is proven', async () => {
    const {proven} = harness({}, decision());
    expect(await proven.facts(placeOf(), txId, PLACE.height)).toMatchObject({grant: undefined, member: undefined});
  });

  // The row in the database chose what was asked for: it must not choose whose standing and which grant is judged.
  it.each([
    ['reader', accessOf({reader: stranger.id})],
    ['grant', accessOf({grantId: tag(2)})],
    ['event', {case: 'keys' as const, value: {signingKeyId: patient.id} as never}],
  ])('are refused when the projection names another %s than the ledger proves', async (_what, event) => {
    const {proven} = harness({}, decision());
    await expect(proven.facts(placeOf(leafBytes(event as Event)), txId, PLACE.height)).rejects.toMatchObject({
      code: 'release-mismatch',
      detail: expect.stringContaining('projection'),
    });
  });

  it.each<[string, string, Uint8Array | undefined]>([
    ['release-mismatch', "another patient's request", leafBytes(accessOf({patient: stranger.id}))],
    ['release-mismatch', 'another transaction', leafBytes(accessOf(), new Uint8Array(32))],
    ['access-refused', 'a refusal', leafBytes(accessOf({permit: false}))],
    ['release-mismatch', 'no leaf there', undefined],
    ['not-verified', 'a leaf that cannot be read', Uint8Array.of(0xff)],
  ])('are refused with %s when proven is %s', async (code, _what, bytes) => {
    const {proven} = harness({[grantKey]: grant, [memberKey]: member}, () => bytes);
    await expect(proven.facts(placeOf(), txId, PLACE.height)).rejects.toMatchObject({code});
  });

  it.each([grantKey, memberKey])('are none when a proven value cannot be read: %s', async (key) => {
    const {proven} = harness({[grantKey]: grant, [memberKey]: member, [key]: Uint8Array.of(0xff)}, decision());
    await expect(proven.facts(placeOf(), txId, PLACE.height)).rejects.toMatchObject({code: 'not-verified'});
  });
});

describe('leaves of the record log', () => {
  const leaves: Leaf = (kind, index) => (kind === STATE_KIND.recordLog ? recordLeaf(index) : undefined);
  const down = (count: number): bigint[] => Array.from({length: count}, (_none, index) => BigInt(count - 1 - index));
  const of = (proven: ProvenRelease, indexes: bigint[]) =>
    proven.recordLeaves(patient.id, indexes, 12n).then((found) => found.map(({index}) => index));

  it.each<[string, number, number, number]>([
    ['none without a question', 0, 1_000, 0],
    ['few', 16, 1_000, 1],
    ['as many as a page has', 1_000, 1_000, 1],
    ['what an answer has no room for is asked again', 1_000, 400, 3],
    ['one leaf an answer is enough to come to an end', 5, 1, 5],
  ])('%s', async (_what, count, perAnswer, questions) => {
    const {asked, proven} = harness({}, leaves, perAnswer);
    expect(await of(proven, down(count))).toEqual(down(count));
    expect(asked).toHaveLength(questions);
    for (const one of asked) expect(one).toMatchObject({logs: [{kind: STATE_KIND.recordLog}], atLeast: 12n});
  });

  it('are asked for in ascending order, none twice', async () => {
    const {asked, proven} = harness({}, leaves);
    expect(await of(proven, [7n, 2n, 7n])).toEqual([7n, 2n, 7n]);
    expect(asked[0]?.logs).toEqual([{kind: STATE_KIND.recordLog, indexes: [2n, 7n]}]);
  });

  it('are never fewer than asked for', async () => {
    const {asked, proven} = harness({}, (kind, index) => (index === 2n ? undefined : leaves(kind, index)));
    await expect(of(proven, down(4))).rejects.toMatchObject({code: 'release-mismatch'});
    expect(asked).toHaveLength(2);
  });
});
