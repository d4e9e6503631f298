import {beforeAll, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {rememberedHead, verifyAccessLog} from './access-log.js';
import type {AccessLogEvidence, AccessLogTrust} from './access-log.js';
import type {LogQuestion} from './patient-log.js';

describe("a patient's access log, checked offline", () => {
  let all: People;
  let evidence: AccessLogEvidence;
  let trust: AccessLogTrust;
  let yesterday: {evidence: AccessLogEvidence; trust: AccessLogTrust};

  const ask = () =>
    all.clinician.requestAccess({patient: all.keys.patient, slotFrom: all.slot, slotTo: all.slot, purpose: 'TREAT'});
  const trustNow = (): AccessLogTrust => ({genesis: all.ledger.genesis, now: all.platform.chain.timeMs});

  /** The evidence with the answer's first log or state changed by somebody who serves it. */
  function tampered(change: (response: ProofResponse, leaves: Uint8Array[]) => void): AccessLogEvidence {
    const [page] = evidence.pages;
    if (page === undefined) throw new Error('no page');
    const response = decodeCanonical(ProofResponseSchema, fromHex(page.proof));
    const [log] = response.logs;
    if (log === undefined) throw new Error('no log');
    change(response, log.leaves);
    return {...evidence, pages: [{...page, proof: toHex(encodeCanonical(ProofResponseSchema, response))}]};
  }

  beforeAll(async () => {
    all = await people();
    await ask();
    yesterday = {evidence: await all.log.fetchEvidence(), trust: trustNow()};
    await ask();
    await ask();
    evidence = JSON.parse(JSON.stringify(await all.log.fetchEvidence())) as AccessLogEvidence;
    trust = trustNow();
  });

  it('is complete and in order', () => {
    const {leaves, head} = verifyAccessLog(evidence, trust);
    expect(head.size).toBe(6n);
    expect(leaves.map(({event}) => event.case)).toEqual([
      'enrolled',
      'keys',
      'deviceRegistered',
      'access',
      'access',
      'access',
    ]);
  });

  it.each<[string, (response: ProofResponse, leaves: Uint8Array[]) => void, string, string]>([
    ['with its newest entry withheld', (_, leaves) => leaves.pop(), 'log-incomplete', 'missing-leaves'],
    ['with an entry in the middle withheld', (_, leaves) => leaves.splice(3, 1), 'log-incomplete', 'missing-leaves'],
    [
      'with an entry altered',
      (_, leaves) =>
        leaves.splice(4, 1, Uint8Array.from([...(leaves[4] ?? [])].map((byte, i) => (i === 40 ? byte ^ 1 : byte)))),
      'log-incomplete',
      '',
    ],
    [
      'with two entries moved',
      (_, leaves) => leaves.splice(3, 2, leaves[4] ?? new Uint8Array(), leaves[3] ?? new Uint8Array()),
      'log-incomplete',
      '',
    ],
    ['with an entry doubled', (_, leaves) => leaves.splice(3, 0, leaves[3] ?? new Uint8Array()), 'log-incomplete', ''],
    [
      'with a head that is not in the state',
      (response) => {
        const [state] = response.states;
        if (state) state.value = Uint8Array.from(state.value, (byte) => byte ^ 1);
      },
      'proof-invalid',
      '',
    ],
    [
      'without the head',
      (response) => {
        response.states = [];
      },
      'proof-invalid',
      '',
    ],
    [
      'as of another height',
      (response) => {
        response.height -= 1n;
      },
      'proof-invalid',
      '',
    ],
  ])('%s is refused', (_, change, code, fault) => {
    let refusal: {code?: string; meta?: {fault?: string}} = {};
    try {
      verifyAccessLog(tampered(change), trust);
    } catch (error) {
      refusal = error as typeof refusal;
    }
    expect(refusal.code).toBe(code);
    if (fault !== '') expect(['wrong-root', fault]).toContain(refusal.meta?.fault);
  });

  it("under yesterday's header, or one from the future, is refused", () => {
    expect(() => verifyAccessLog(evidence, {...trust, now: trust.now + 61_000})).toThrow(
      expect.objectContaining({code: 'stale-header'}),
    );
    expect(() => verifyAccessLog(evidence, {...trust, now: trust.now - 61_000})).toThrow(
      expect.objectContaining({code: 'stale-header'}),
    );
  });

  it('that is shorter than what she saw, or does not begin with it, is refused though every proof holds', () => {
    const seen = rememberedHead(verifyAccessLog(evidence, trust));
    expect(verifyAccessLog(yesterday.evidence, yesterday.trust).head.size).toBe(4n);
    expect(() => verifyAccessLog(yesterday.evidence, {...yesterday.trust, remembered: seen})).toThrow(
      expect.objectContaining({code: 'log-older-than-known'}),
    );
    const before = rememberedHead(verifyAccessLog(yesterday.evidence, yesterday.trust));
    expect(verifyAccessLog(evidence, {...trust, remembered: before}).head.size).toBe(6n);
    expect(() => verifyAccessLog(evidence, {...trust, remembered: {...before, root: '00'.repeat(32)}})).toThrow(
      expect.objectContaining({code: 'log-forked'}),
    );
  });

  it('of another patient is none of hers', () => {
    expect(() => verifyAccessLog({...evidence, patient: 'ab'.repeat(20)}, trust)).toThrow(
      expect.objectContaining({code: 'proof-invalid'}),
    );
  });

  it('under a header with two of four signatures, or of strangers, is refused', () => {
    const [page] = evidence.pages;
    const two = {...evidence, pages: [{proof: page?.proof ?? '', signedHeader: all.platform.chain.signedHeader(2)}]};
    expect(() => verifyAccessLog(two, trust)).toThrow(
      expect.objectContaining({code: 'untrusted-header', meta: {reason: 'too-few-signatures'}}),
    );
    const foreign = {...trust, genesis: {...trust.genesis, validators: trust.genesis.validators.slice(1)}};
    expect(() => verifyAccessLog(evidence, foreign)).toThrow(expect.objectContaining({code: 'untrusted-header'}));
  });

  it('in several pages is put together, even when it grows meanwhile', async () => {
    const page = (from: bigint, limit: number) => ({
      proof: toHex(
        encodeCanonical(
          ProofResponseSchema,
          all.platform.chain.logOf(STATE_KIND.accessLog, all.patientId, from, limit),
        ),
      ),
      signedHeader: all.platform.chain.signedHeader(),
    });
    const first = page(0n, 4);
    await ask();
    const pages = {patient: all.keys.patient, pages: [first, page(4n, 10)]};
    expect(verifyAccessLog(pages, trustNow()).head.size).toBe(6n);
    expect(() => verifyAccessLog({...pages, pages: [first]}, trustNow())).toThrow(
      expect.objectContaining({code: 'log-incomplete'}),
    );
    expect(() => verifyAccessLog({...pages, pages: [...pages.pages].reverse()}, trustNow())).toThrow(
      expect.objectContaining({code: 'log-incomplete'}),
    );
  });

  describe('and who else gives its header', () => {
    // What validator n says of the header, when it is asked for one.
    const saying = (says: (validator: number) => object | undefined, question: LogQuestion = {}) => {
      all.platform.tamper = (path, answer, url) => {
        if (!path.startsWith('/v1/chain/') || answer.json === undefined) return answer;
        const signedHeader = says(Number(url.searchParams.get('validator') ?? 0));
        return signedHeader === undefined ? {status: 503, json: {code: 'ledger-unavailable'}} : {json: {signedHeader}};
      };
      return all.log.accessLog(question).finally(() => {
        all.platform.tamper = (_, answer) => answer;
      });
    };
    const honest = () => all.platform.chain.signedHeader();
    const broken = () => all.platform.chain.signedHeader(2);

    it('is agreed by another validator; by two, when nobody knows which one answered', async () => {
      expect(await saying(honest, {validator: 2, strict: true})).toMatchObject({
        agreedBy: ['validator 0'],
        unusable: [],
        oneOrganisation: false,
      });
      expect(await saying(honest, {strict: true})).toMatchObject({
        agreedBy: ['validator 0', 'validator 1'],
        oneOrganisation: false,
      });
    });

    it('that does not stand for one who lies or is away: the next is asked, and the lie is told', async () => {
      const answer = await saying(
        (validator) => (validator === 0 ? broken() : validator === 1 ? undefined : honest()),
        {validator: 3, strict: true},
      );
      expect(answer).toMatchObject({
        agreedBy: ['validator 2'],
        unusable: [
          {name: 'validator 0', reason: 'too-few-signatures'},
          {name: 'validator 1', reason: 'ledger-unavailable'},
        ],
        oneOrganisation: false,
      });
    });

    it('nobody: a warning; strictly, a refusal', async () => {
      expect(await saying(() => undefined)).toMatchObject({agreedBy: [], oneOrganisation: true});
      expect(await saying((validator) => (validator === 0 ? honest() : broken()))).toMatchObject({
        agreedBy: ['validator 0'],
        oneOrganisation: true,
      });
      await expect(saying(broken, {validator: 0, strict: true})).rejects.toMatchObject({
        code: 'one-organisation',
        detail: expect.stringContaining('validator 1: too-few-signatures'),
      });
      await expect(saying(() => undefined, {witnesses: ['http://east'], strict: true})).rejects.toMatchObject({
        code: 'one-organisation',
      });
    });

    it("another organisation's policy service, when it is named", async () => {
      expect(await saying(honest, {witnesses: ['http://east'], strict: true})).toMatchObject({
        agreedBy: ['east'],
        oneOrganisation: false,
      });
    });

    it('and there are two that the validators signed: a fork, both are named, whether strict or not', async () => {
      await expect(saying(() => all.platform.chain.forkedHeader(), {validator: 1})).rejects.toMatchObject({
        code: 'headers-differ',
        meta: {answeredBy: 'validator 1', witness: 'validator 0', hash: expect.stringMatching(/^[0-9a-f]{64}$/)},
      });
    });

    it('stays with the log that is kept, so that it can be told later too', async () => {
      const kept = JSON.parse(JSON.stringify((await saying(honest)).evidence)) as AccessLogEvidence;
      expect(verifyAccessLog(kept, {...trustNow(), strict: true}).agreedBy).toEqual(['validator 0', 'validator 1']);
      expect(() => verifyAccessLog({...kept, witnesses: []}, {...trustNow(), strict: true})).toThrow(
        expect.objectContaining({code: 'one-organisation'}),
      );
      expect(() =>
        verifyAccessLog(
          {...kept, witnesses: [{name: 'east', signedHeader: all.platform.chain.forkedHeader()}]},
          trustNow(),
        ),
      ).toThrow(expect.objectContaining({code: 'headers-differ'}));
    });
  });
});
