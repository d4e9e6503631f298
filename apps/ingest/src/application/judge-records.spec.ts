import {create} from '@bufbuild/protobuf';
import {ORG_ROLE} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted, signDigest, verifyDigest} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {ReleaseKeys} from '../domain/release-keys.js';
import {Strangers} from '@vitalvault/http';
import {askAs} from '../api/http/ask-as.js';
import {FakeFacts, freely} from '../../test/support/fakes.js';
import {CHAIN, NOW_MS, SLOT, organisation, random, record, releaseKey} from '../../test/support/records.js';
import {JudgeRecords} from './judge-records.js';
import {KnownFacts} from './known-facts.js';
import {Turns} from './turns.js';
import {VerifySignatures} from './verify-signatures.js';

/** @param fromSlot first slot of the custodian's release key */
function harness(fromSlot = 0) {
  const [facts, clock] = [new FakeFacts(), {ms: NOW_MS}];
  const now = (): number => clock.ms;
  const asked = {verified: 0};
  const releaseKeys = ReleaseKeys.of(
    create(GenesisSchema, {
      organisations: [{id: organisation, keys: [{key: releaseKey, role: ORG_ROLE.release, fromSlot}]}],
    }),
    organisation,
  );
  const verify = (...given: Parameters<typeof verifyDigest>): boolean => {
    asked.verified++;
    return verifyDigest(...given);
  };
  const known = new KnownFacts({ttlMs: 1_000, now}, facts);
  const turns = new Turns();
  const signatures = new VerifySignatures({verifier: {verify}, turns});
  const judge = new JudgeRecords({chainId: CHAIN, now}, {facts: known, releaseKeys, signatures, turns});
  const verdict = async (posted: PostedRecord): Promise<string> => {
    const [judged] = await judge.execute([posted], freely);
    return judged instanceof DomainError ? judged.code : 'good';
  };
  return {judge, verdict, facts, clock, questions: () => ({policy: facts.asked, verified: asked.verified})};
}

const bySomebody = (): PostedRecord => {
  const posted = record();
  return {...posted, signature: signDigest(random(32), recordIdOfPosted(posted))};
};

describe('JudgeRecords', () => {
  it('gives the record with the id that its device signed', async () => {
    const posted = record();
    expect(await harness().judge.execute([posted], freely)).toMatchObject([
      {posted, recordId: recordIdOfPosted(posted)},
    ]);
  });

  // Cheapest first: who sends rubbish costs policy nothing, and the processor no signature.
  it.each([
    ['wrong-chain', record({chainId: 'another'}), {policy: 0, verified: 0}],
    ['unknown-release-key', record({releaseKeyId: random(20)}), {policy: 0, verified: 0}],
    ['record-signature', bySomebody(), {policy: 1, verified: 1}],
    ['wrong-tag', record({typeTag: random(16)}), {policy: 1, verified: 1}],
    ['slot-out-of-range', record({slot: SLOT + 2}), {policy: 1, verified: 1}],
    ['unknown-epoch', record({epoch: 2}), {policy: 2, verified: 1}],
    ['good', record(), {policy: 2, verified: 1}],
  ])('%s costs no more than it must', async (expected, posted, cost) => {
    const {verdict, questions} = harness();
    expect(await verdict(posted)).toBe(expected);
    expect(questions()).toEqual(cost);
  });

  it('refuses a device that policy does not know, before any signature', async () => {
    const {verdict, facts, questions} = harness();
    facts.registered = undefined;
    expect(await verdict(record())).toBe('unknown-device');
    expect(questions()).toEqual({policy: 1, verified: 0});
  });

  it('asks one question for a body of 1,600 devices that nobody registered, and none when it comes again at once', async () => {
    const {judge, facts, clock, questions} = harness();
    facts.registered = undefined;
    const body = Array.from({length: 1_600}, (_, n) => record({device: random(20), sequence: BigInt(n + 1)}));
    const codes = async () =>
      new Set((await judge.execute(body, freely)).map((one) => (one instanceof DomainError ? one.code : 'good')));
    expect(await codes()).toEqual(new Set(['unknown-device']));
    expect(await codes()).toEqual(new Set(['unknown-device']));
    expect(questions()).toEqual({policy: 1, verified: 0});
    clock.ms += 2_001;
    await codes();
    expect(questions()).toEqual({policy: 2, verified: 0});
  });

  it('asks nothing for devices that nobody knows when who names them may not, and goes on for those that are known', async () => {
    const {judge, facts, questions} = harness();
    await judge.execute([record()], freely);
    const before = questions();
    const refuse = {
      ...freely,
      devices: (unknown: number): never => {
        throw new DomainError('quota-exceeded', {meta: {unknown}});
      },
    };
    const body = [record({device: random(20)}), record({device: random(20)})];
    await expect(judge.execute(body, refuse)).rejects.toMatchObject({code: 'quota-exceeded', meta: {unknown: 2}});
    expect(questions()).toEqual(before);
    expect(await judge.execute([record({sequence: 2n})], refuse)).toMatchObject([{header: {sequence: 2n}}]);
    facts.registered = undefined;
    const charged: number[] = [];
    const ask = {...freely, devices: (unknown: number) => (known: number) => void charged.push(unknown - known)};
    await judge.execute(body, ask);
    facts.away = true;
    await judge.execute([record({device: random(20)})], ask).catch(() => undefined);
    expect(charged).toEqual([2, 0]);
  });

  it('keeps the order of what is good, refused and unreadable', async () => {
    const {judge} = harness();
    const judged = await judge.execute([record({count: 0}), record({sequence: 7n}), bySomebody(), record()], freely);
    expect(judged.map((one) => (one instanceof DomainError ? one.code : one.header.sequence))).toEqual([
      'invalid-field',
      7n,
      'record-signature',
      1n,
    ]);
  });

  it('a stranger who names a device that everybody knows pays for the signatures that he has verified', async () => {
    const {judge, questions} = harness();
    const strangers = new Strangers(() => NOW_MS);
    const codes = async (ip: string, body: PostedRecord[]): Promise<Set<string>> => {
      const judged = await judge.execute(body, askAs({ip}, strangers));
      return new Set(judged.map((one) => (one instanceof DomainError ? one.code : 'good')));
    };
    const body = Array<PostedRecord>(200).fill(bySomebody());
    for (let n = 0; n < 10; n++) expect(await codes('192.0.2.1', body)).toContain('quota-exceeded');
    expect(questions().verified).toBe(64);
    // A broken device stops itself and nobody at its address, a stranger nobody elsewhere.
    const another = record({registration: 2});
    expect(await codes('192.0.2.1', [another, bySomebody()])).toEqual(new Set(['good', 'quota-exceeded']));
    expect(await codes('192.0.2.2', [record()])).toEqual(new Set(['good']));
  });

  it('verifies no more than 32 signatures in one turn of the event loop, however many bodies are judged', async () => {
    const {judge, questions} = harness();
    const counts: number[] = [];
    const watched = {judging: true};
    const watch = (async () => {
      for (let before = 0; watched.judging; before = questions().verified) {
        await new Promise((resolve) => setImmediate(resolve));
        counts.push(questions().verified - before);
      }
    })();
    const body = Array<PostedRecord>(60).fill(record());
    await Promise.all([judge.execute(body, freely), judge.execute(body, freely)]);
    watched.judging = false;
    await watch;
    expect(questions().verified).toBe(120);
    expect(Math.max(...counts)).toBeLessThanOrEqual(32);
  });

  it("believes the registration's key, whatever device the header names", async () => {
    const {verdict, facts} = harness();
    if (facts.registered !== undefined) facts.registered = {...facts.registered, publicKey: random(33)};
    expect(await verdict(record())).toBe('record-signature');
  });

  it('judges by the clock of its host: release key and slot of tomorrow are good tomorrow', async () => {
    const {verdict, clock} = harness(SLOT + 24);
    const [today, tomorrow] = [record(), record({slot: SLOT + 24})];
    expect([await verdict(today), await verdict(tomorrow)]).toEqual(['unknown-release-key', 'slot-out-of-range']);
    clock.ms += 24 * 3_600_000;
    expect([await verdict(today), await verdict(tomorrow)]).toEqual(['good', 'good']);
  });

  it('refuses nobody because policy is away: that is thrown', async () => {
    const {judge, facts} = harness();
    facts.away = true;
    await expect(judge.execute([record()], freely)).rejects.toMatchObject({code: 'policy-unavailable'});
  });
});
