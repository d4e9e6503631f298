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

type Log = ProvenState['answer']['logs'][number];
const header = {height: 60n, timeSeconds: 5n} as ProvenState['header'];
const keyOf = (kind: number, parts: readonly Uint8Array[]): string => [kind, ...parts.map(toHex)].join('/');

/** What a ledger proves: states by key, logs as `answer` makes them of the question; every question is noted. */
function harness(
  states: Record<string, Uint8Array>,
  answer: (log: Partial<Log>) => Partial<Log>,
  wholeLogUpTo?: number,
) {
  const asked: {keys: string[]; logs: object[]; atLeast: bigint}[] = [];
  const ledger: ProvenLedger = {
    prove: async ({keys = [], logs = []}: ProofQuestion, atLeast) => {
      asked.push({
        keys: keys.map(({kind = 0, parts = []}) => keyOf(kind, parts)),
        logs: logs.map(({kind, from, limit, inclusion}) => ({kind, from, limit, inclusion})),
        atLeast,
      });
      return {
        header,
        answer: {
          height: 59n,
          state: (kind: number, parts: readonly Uint8Array[]) => states[keyOf(kind, parts)],
          logs: logs.map((log) => ({...log, proof: 'leaf', leaves: [], ...answer(log as Partial<Log>)})),
        } as unknown as ProvenState['answer'],
      };
    },
  };
  const options = wholeLogUpTo === undefined ? undefined : {wholeLogUpTo};
  return {asked, proven: new ProvenRelease({ledger}, options)};
}

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
    const {asked, proven} = harness({[grantKey]: grant, [memberKey]: member}, () => ({leaves: [leafBytes()]}));
    const facts = await proven.facts(placeOf(), txId);
    expect(asked).toEqual([
      {
        keys: [keyOf(STATE_KIND.accessLog, [patient.id]), grantKey, memberKey],
        logs: [{kind: STATE_KIND.accessLog, from: 3n, limit: 1, inclusion: true}],
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
    const {proven} = harness({}, () => ({leaves: [leafBytes()]}));
    expect(await proven.facts(placeOf(), txId)).toMatchObject({grant: undefined, member: undefined});
  });

  // The row in the database chose what was asked for: it must not choose whose standing and which grant is judged.
  it.each([
    ['reader', accessOf({reader: stranger.id})],
    ['grant', accessOf({grantId: tag(2)})],
    ['event', {case: 'keys' as const, value: {signingKeyId: patient.id} as never}],
  ])('are refused when the projection names another %s than the ledger proves', async (_what, event) => {
    const {proven} = harness({}, () => ({leaves: [leafBytes()]}));
    await expect(proven.facts(placeOf(leafBytes(event as Event)), txId)).rejects.toMatchObject({
      code: 'release-mismatch',
      detail: expect.stringContaining('projection'),
    });
  });

  it.each<[string, string, Partial<Log>]>([
    ['release-mismatch', "another patient's request", {leaves: [leafBytes(accessOf({patient: stranger.id}))]}],
    ['release-mismatch', 'another transaction', {leaves: [leafBytes(accessOf(), new Uint8Array(32))]}],
    ['access-refused', 'a refusal', {leaves: [leafBytes(accessOf({permit: false}))]}],
    ['release-mismatch', 'no leaf', {leaves: []}],
    ['release-mismatch', 'two leaves', {leaves: [leafBytes(), leafBytes()]}],
    ['release-mismatch', 'a page without a path', {leaves: [leafBytes()], proof: 'page'}],
    ['release-mismatch', 'a leaf at another index', {leaves: [leafBytes()], from: 4n}],
    ['release-mismatch', 'a leaf of another log', {leaves: [leafBytes()], kind: STATE_KIND.recordLog}],
    ['not-verified', 'a leaf that cannot be read', {leaves: [Uint8Array.of(0xff)]}],
  ])('are refused with %s when proven is %s', async (code, _what, log) => {
    const {proven} = harness({[grantKey]: grant, [memberKey]: member}, () => log);
    await expect(proven.facts(placeOf(), txId)).rejects.toMatchObject({code});
  });

  it.each([grantKey, memberKey])('are none when a proven value cannot be read: %s', async (key) => {
    const {proven} = harness({[grantKey]: grant, [memberKey]: member, [key]: Uint8Array.of(0xff)}, () => ({
      leaves: [leafBytes()],
    }));
    await expect(proven.facts(placeOf(), txId)).rejects.toMatchObject({code: 'not-verified'});
  });
});

describe('leaves of the record log', () => {
  const single = (log: Partial<Log>): Partial<Log> => ({leaves: [recordLeaf(log.from ?? 0n)]});
  const whole =
    (size: number, proof: Log['proof'] = 'complete') =>
    (log: Partial<Log>): Partial<Log> =>
      'inclusion' in log && log.inclusion === true
        ? single(log)
        : {proof, leaves: Array.from({length: size}, (_none, index) => recordLeaf(BigInt(index)))};
  const down = (count: number): bigint[] => Array.from({length: count}, (_none, index) => BigInt(count - 1 - index));
  const of = (proven: ProvenRelease, indexes: bigint[], logSize: bigint) =>
    proven.recordLeaves(patient.id, indexes, {height: 12n, logSize}).then((leaves) => leaves.map(({index}) => index));

  it.each<[string, number, bigint, number | undefined, number[]]>([
    ['few: each with its path', 16, 1_000n, undefined, [16]],
    ['many of a log that one answer holds: the whole log', 17, 1_000n, undefined, [1]],
    ['many of a longer log: sixteen at a time', 33, 1_001n, undefined, [16, 16, 1]],
    ['many, where even a short log is asked leaf by leaf', 17, 20n, 19, [16, 1]],
  ])('%s', async (_what, count, logSize, wholeLogUpTo, logs) => {
    const {asked, proven} = harness({}, whole(count), wholeLogUpTo);
    expect(await of(proven, down(count), logSize)).toEqual(down(count));
    expect(asked.map((one) => one.logs.length)).toEqual(logs);
    for (const one of asked)
      expect(one).toMatchObject({keys: [keyOf(STATE_KIND.recordLog, [patient.id])], atLeast: 12n});
  });

  it('are asked one by one when the log has outgrown one answer meanwhile', async () => {
    const {asked, proven} = harness({}, whole(17, 'page'));
    expect(await of(proven, down(17), 17n)).toEqual(down(17));
    expect(asked.map((one) => one.logs.length)).toEqual([1, 16, 1]);
  });

  it('are never fewer than asked for', async () => {
    await expect(of(harness({}, whole(16)).proven, down(17), 16n)).rejects.toMatchObject({code: 'not-verified'});
    const {proven} = harness({}, (log) => (log.from === 2n ? {leaves: []} : single(log)));
    await expect(of(proven, down(4), 4n)).rejects.toMatchObject({code: 'release-mismatch'});
  });
});
