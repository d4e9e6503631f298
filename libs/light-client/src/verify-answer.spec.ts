import {create} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {STATE_KIND, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {LogTree, StateTree, leafHash, stateKey} from '@vitalvault/proofs';
import {MADE_UP_TRUST, signHeader} from '../testing/sign-header.js';
import {verifyAnswer} from './verify-answer.js';
import type {ProofQuestion} from './answers-question.js';
import type {AnswerLimits} from './verify-answer.js';

const patient = new Uint8Array(20).fill(9);
const grant = {kind: STATE_KIND.grant, parts: [patient, Uint8Array.of(1)]};
const absent = {kind: STATE_KIND.grant, parts: [patient, Uint8Array.of(2)]};
const logKey = {kind: STATE_KIND.accessLog, parts: [patient]};
const value = Uint8Array.of(1, 2, 3);
const leaves = [1, 2, 3, 4, 5].map((n) => Uint8Array.of(n));

const log = new LogTree();
for (const leaf of leaves) log.append(leafHash(leaf));
const head = encodeCanonical(LogHeadSchema, {size: 5n, root: log.root()});
const tree = new StateTree();
const root = tree
  .update([
    {key: stateKey(grant.kind, grant.parts), valueHash: sha256Of(value)},
    {key: stateKey(logKey.kind, logKey.parts), valueHash: sha256Of(head)},
  ])
  .slice();

function stateProof({kind, parts}: {kind: number; parts: Uint8Array[]}, present?: Uint8Array) {
  const {siblings, otherKey = new Uint8Array(), otherValueHash = new Uint8Array()} = tree.prove(stateKey(kind, parts));
  return {
    key: {kind, parts},
    present: present !== undefined,
    value: present ?? new Uint8Array(),
    siblings: [...siblings],
    otherKey,
    otherValueHash,
  };
}

const given = (indexes: number[], next?: bigint) => ({
  kind: logKey.kind,
  patient,
  indexes: indexes.map(BigInt),
  leaves: indexes.map((index) => leaves[index] as Uint8Array),
  proof: log.leavesProof(indexes),
  ...(next === undefined ? {} : {next}),
});
const all = [0, 1, 2, 3, 4];
const answer = (init: Partial<Omit<MessageInitShape<typeof ProofResponseSchema>, '$typeName'>> = {}): ProofResponse =>
  create(ProofResponseSchema, {
    height: 41n,
    states: [stateProof(grant, value), stateProof(absent), stateProof(logKey, head)],
    logs: [given(all)],
    ...init,
  });

const whole: ProofQuestion = {keys: [grant, absent], logs: [{kind: logKey.kind, patient, from: 0n, limit: 1_000}]};
const signedHeader = signHeader({height: 42n, appHash: root});
const NOW = {nowMs: 1_700_000_000_000};

function verify(response: ProofResponse, request: ProofQuestion = whole, limits: Partial<AnswerLimits> = {}) {
  return verifyAnswer({request, response, signedHeader}, MADE_UP_TRUST, {clock: NOW, ...limits});
}

describe('verifyAnswer', () => {
  it('gives the proven values, absence and leaves, with the block they speak for', () => {
    const verdict = verify(answer());
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(verdict.header).toMatchObject({height: 42n, timeSeconds: 1_700_000_000n, appHash: root});
    expect(verdict.answer.state(grant.kind, grant.parts)).toEqual(value);
    expect(verdict.answer.state(absent.kind, absent.parts)).toBeUndefined();
    expect(verdict.answer.logs[0]).toMatchObject({head: {size: 5n}, leaves});
  });

  it('believes the header, not the answer, about the height', () => {
    const verdict = verify(answer({height: 7_000n}));
    expect(verdict.ok && verdict.answer.height).toBe(41n);
  });

  it('refuses a header that too few signed, of another chain, or that is none', () => {
    const response = answer();
    expect(
      verifyAnswer(
        {request: whole, response, signedHeader: signHeader({height: 42n, appHash: root}, 2)},
        MADE_UP_TRUST,
        {clock: NOW},
      ),
    ).toEqual({ok: false, reason: 'too-few-signatures'});
    expect(
      verifyAnswer({request: whole, response, signedHeader}, {...MADE_UP_TRUST, chainId: 'other'}, {clock: NOW}),
    ).toEqual({ok: false, reason: 'wrong-chain'});
    expect(verifyAnswer({request: whole, response, signedHeader: '{}'}, MADE_UP_TRUST, {clock: NOW})).toEqual({
      ok: false,
      reason: 'malformed',
    });
  });

  it('refuses the state of another block', () => {
    const other = signHeader({height: 43n, appHash: sha256Of(root)});
    expect(
      verifyAnswer({request: whole, response: answer(), signedHeader: other}, MADE_UP_TRUST, {clock: NOW}),
    ).toEqual({ok: false, reason: 'state-proof'});
  });

  it('refuses an altered value, a value passed off as absent, and an absence passed off as value', () => {
    expect(verify(answer({states: [stateProof(grant, Uint8Array.of(1, 2, 4))], logs: []}))).toEqual({
      ok: false,
      reason: 'state-proof',
    });
    expect(verify(answer({states: [stateProof(grant)], logs: []}))).toEqual({ok: false, reason: 'state-proof'});
    expect(verify(answer({states: [stateProof(absent, value)], logs: []}))).toEqual({ok: false, reason: 'state-proof'});
  });

  it("refuses yesterday's head, one of the year 2100, and a block that is too early", () => {
    const clock = {nowMs: 1_700_000_030_001, maxAgeMs: 30_000};
    expect(verify(answer(), whole, {clock})).toEqual({ok: false, reason: 'stale-header'});
    expect(verify(answer(), whole, {clock: {...clock, nowMs: 1_700_000_030_000}})).toMatchObject({ok: true});
    expect(verify(answer(), whole, {clock: {nowMs: 1_600_000_000_000}})).toEqual({ok: false, reason: 'future-header'});
    expect(verify(answer(), whole, {atLeast: 42n})).toEqual({ok: false, reason: 'behind'});
    expect(verify(answer(), whole, {atLeast: 41n})).toMatchObject({ok: true});
  });

  describe('refuses an answer that leaves out', () => {
    const missing = {ok: false, reason: 'not-what-was-asked'};

    it('a key', () => {
      expect(verify(answer({states: [stateProof(grant, value), stateProof(logKey, head)]}))).toEqual(missing);
    });

    it("a log, or gives another patient's", () => {
      expect(verify(answer({logs: []}))).toEqual(missing);
      const other = {...whole, logs: [{kind: logKey.kind, patient: new Uint8Array(20), from: 0n, limit: 1_000}]};
      expect(verify(answer(), other)).toEqual(missing);
    });

    it('the last leaves, or the first, or all of them', () => {
      for (const indexes of [[0, 1, 2, 3], [1, 2, 3, 4], [0, 1, 3, 4], []])
        expect(verify(answer({logs: [given(indexes)]}))).toEqual(missing);
    });

    it('a leaf that the log has', () => {
      const two: ProofQuestion = {logs: [{kind: logKey.kind, patient, indexes: [1n, 3n, 7n]}]};
      expect(verify(answer({logs: [given([1, 3])]}), two)).toMatchObject({ok: true});
      for (const indexes of [[1], [3], [1, 2], [1, 2, 3], []])
        expect(verify(answer({logs: [given(indexes)]}), two)).toEqual(missing);
    });
  });

  it('refuses leaves that the proof does not prove', () => {
    const one: ProofQuestion = {logs: [{kind: logKey.kind, patient, indexes: [3n]}]};
    expect(verify(answer({logs: [given([3])]}), one)).toMatchObject({ok: true});
    const unproven = {ok: false, reason: 'log-leaves'};
    expect(verify(answer({logs: [{...given([3]), proof: log.leavesProof([2])}]}), one)).toEqual(unproven);
    expect(verify(answer({logs: [{...given([3]), proof: new Uint8Array()}]}), one)).toEqual(unproven);
    // Who serves a log cannot choose its size: neither empty, nor shorter with leaves of his own.
    const invented = [Uint8Array.of(66), Uint8Array.of(67)];
    const forged = new LogTree();
    for (const leaf of invented) forged.append(leafHash(leaf));
    const short = {kind: logKey.kind, patient, indexes: [0n, 1n], leaves: invented, proof: forged.leavesProof([0, 1])};
    expect(verify(answer({logs: [short]}))).toEqual(unproven);
  });

  it('takes a page that says where it goes on, with one leaf at the least, and an empty one behind the end', () => {
    const ask = (from: bigint, limit: number): ProofQuestion => ({logs: [{kind: logKey.kind, patient, from, limit}]});
    const missing = {ok: false, reason: 'not-what-was-asked'};
    expect(verify(answer({logs: [given([1, 2], 3n)]}), ask(1n, 2))).toMatchObject({ok: true});
    expect(verify(answer({logs: [given([1], 2n)]}), ask(1n, 2))).toMatchObject({ok: true});
    expect(verify(answer({logs: [given([])]}), ask(5n, 10))).toMatchObject({ok: true});
    expect(verify(answer({logs: [given([3, 4])]}), ask(3n, 2))).toMatchObject({ok: true});
    for (const next of [undefined, 1n, 4n])
      expect(verify(answer({logs: [given([1, 2], next)]}), ask(1n, 2))).toEqual(missing);
    expect(verify(answer({logs: [given([], 1n)]}), ask(1n, 2))).toEqual(missing);
    expect(verify(answer({logs: [given([], 0n)]}), ask(0n, 2))).toEqual(missing);
    expect(verify(answer({logs: [given([3, 4], 5n)]}), ask(3n, 2))).toEqual(missing);
  });
});
