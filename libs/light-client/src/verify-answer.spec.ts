import {create} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {STATE_KIND, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {LogTree, StateTree, leafHash, stateKey} from '@vitalvault/proofs';
import {MADE_UP_TRUST, signHeader} from '../testing/sign-header.js';
import {verifyAnswer} from './verify-answer.js';
import type {AnswerLimits, ProofQuestion} from './verify-answer.js';

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

const page = (from: bigint, to: number, inclusion: Uint8Array[] = []) => ({
  kind: logKey.kind,
  patient,
  size: 5n,
  from,
  leaves: leaves.slice(Number(from), to),
  inclusion,
});
const answer = (init: Partial<Omit<MessageInitShape<typeof ProofResponseSchema>, '$typeName'>> = {}): ProofResponse =>
  create(ProofResponseSchema, {
    height: 41n,
    states: [stateProof(grant, value), stateProof(absent), stateProof(logKey, head)],
    logs: [page(0n, 5)],
    ...init,
  });

const whole: ProofQuestion = {keys: [grant, absent], logs: [{kind: logKey.kind, patient, from: 0n, limit: 1_000}]};
const signedHeader = signHeader({height: 42n, appHash: root});

function verify(response: ProofResponse, request: ProofQuestion = whole, limits: AnswerLimits = {}) {
  return verifyAnswer({request, response, signedHeader}, MADE_UP_TRUST, limits);
}

describe('verifyAnswer', () => {
  it('gives the proven values, absence and leaves, with the block they speak for', () => {
    const verdict = verify(answer());
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(verdict.header).toMatchObject({height: 42n, timeSeconds: 1_700_000_000n, appHash: root});
    expect(verdict.answer.state(grant.kind, grant.parts)).toEqual(value);
    expect(verdict.answer.state(absent.kind, absent.parts)).toBeUndefined();
    expect(verdict.answer.logs[0]).toMatchObject({proof: 'complete', leaves});
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
      ),
    ).toEqual({ok: false, reason: 'too-few-signatures'});
    expect(verifyAnswer({request: whole, response, signedHeader}, {...MADE_UP_TRUST, chainId: 'other'})).toEqual({
      ok: false,
      reason: 'wrong-chain',
    });
    expect(verifyAnswer({request: whole, response, signedHeader: '{}'}, MADE_UP_TRUST)).toEqual({
      ok: false,
      reason: 'malformed',
    });
  });

  it('refuses the state of another block', () => {
    const other = signHeader({height: 43n, appHash: sha256Of(root)});
    expect(verifyAnswer({request: whole, response: answer(), signedHeader: other}, MADE_UP_TRUST)).toEqual({
      ok: false,
      reason: 'state-proof',
    });
  });

  it('refuses an altered value, a value passed off as absent, and an absence passed off as value', () => {
    expect(verify(answer({states: [stateProof(grant, Uint8Array.of(1, 2, 4))], logs: []}))).toEqual({
      ok: false,
      reason: 'state-proof',
    });
    expect(verify(answer({states: [stateProof(grant)], logs: []}))).toEqual({ok: false, reason: 'state-proof'});
    expect(verify(answer({states: [stateProof(absent, value)], logs: []}))).toEqual({ok: false, reason: 'state-proof'});
  });

  it("refuses yesterday's head and a block that is too early", () => {
    expect(verify(answer(), whole, {notBeforeMs: Number.NaN})).toEqual({ok: false, reason: 'stale-header'});
    expect(verify(answer(), whole, {notBeforeMs: 1_700_000_000_001})).toEqual({ok: false, reason: 'stale-header'});
    expect(verify(answer(), whole, {notBeforeMs: 1_700_000_000_000})).toMatchObject({ok: true});
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

    it('the last leaves, or the first', () => {
      expect(verify(answer({logs: [page(0n, 4)]}))).toEqual(missing);
      expect(verify(answer({logs: [page(1n, 5)]}))).toEqual(missing);
    });

    it('the proof of a single leaf', () => {
      const one: ProofQuestion = {logs: [{kind: logKey.kind, patient, from: 3n, limit: 1, inclusion: true}]};
      expect(verify(answer({logs: [page(3n, 4, log.inclusion(3))]}), one)).toMatchObject({ok: true});
      expect(verify(answer({logs: [page(3n, 4)]}), one)).toEqual(missing);
      expect(verify(answer({logs: [page(3n, 4, log.inclusion(2))]}), one)).toEqual({
        ok: false,
        reason: 'log-inclusion',
      });
    });
  });

  it('takes a page of the asked size, and an empty one behind the end', () => {
    const ask = (from: bigint, limit: number): ProofQuestion => ({logs: [{kind: logKey.kind, patient, from, limit}]});
    expect(verify(answer({logs: [page(1n, 3)]}), ask(1n, 2))).toMatchObject({ok: true});
    expect(verify(answer({logs: [page(5n, 5)]}), ask(5n, 10))).toMatchObject({ok: true});
    expect(verify(answer({logs: [page(1n, 2)]}), ask(1n, 2))).toEqual({ok: false, reason: 'not-what-was-asked'});
  });
});
