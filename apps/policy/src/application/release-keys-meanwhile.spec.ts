import {describe, expect, it} from '@jest/globals';
import {STATE_KIND} from '@vitalvault/contracts';
import {PEOPLE, replaceKey, revokeGrant, testKey} from '@vitalvault/ledger-state/testing';
import {permitted} from '../../test/support/release-attempts.js';
import {HOSPITAL} from '../../test/support/release-world.js';
import type {ReleaseStory} from '../../test/support/release-story.js';

const {patient, recovery, clinician} = PEOPLE;
const next = testKey('next');

/** Ends of a right that the follower of this service projects at once. */
const ENDS: Readonly<Record<string, readonly [(story: ReleaseStory) => void, code: string]>> = {
  'the grant is revoked': [(story) => void story.chain.run(revokeGrant(patient.id), [patient]), 'permit-ended'],
  'the grant is narrowed': [(story) => story.grant({version: 2, purposes: [2]}), 'permit-ended'],
  'the reader is suspended': [
    (story) =>
      void story.chain.run({case: 'suspendMember', value: {organisation: HOSPITAL.id, member: clinician.id}}, [
        HOSPITAL.sponsor,
      ]),
    'permit-ended',
  ],
  'the reader replaces her key': [
    (story) =>
      void story.chain.run({case: 'publishKeys', value: {identity: clinician.id, newSigningKey: next.key}}, [
        clinician,
        next,
      ]),
    'unknown-key',
  ],
};
const HAPPENINGS = Object.entries(ENDS);

describe.each(['proof', 'alert'] as const)('during the %s of a release', (step) => {
  it.each(HAPPENINGS)('%s, and this service knows it: nothing is opened', async (_what, [end, code]) => {
    const {story, records, tx} = await permitted(3);
    story.meanwhile[step] = async () => {
      end(story);
      await story.project();
    };
    await expect(story.release(tx, records)).rejects.toMatchObject({code});
    expect(story.steps).not.toContain('open');
  });

  it('the follower comes to stand: nothing is opened, since that may be the revocation', async () => {
    const {story, records, tx} = await permitted();
    story.meanwhile[step] = async () => story.follower.stopped('310', new Error());
    await expect(story.release(tx, records)).rejects.toMatchObject({code: 'follower-stopped'});
    expect(story.steps).not.toContain('open');
  });

  it('a block without any of that comes: the keys are given, by the newer state', async () => {
    const {story, records, tx} = await permitted(2);
    story.meanwhile[step] = async () => {
      story.chain.commit([]);
      await story.project();
    };
    const {verifiedAtHeight} = await story.release(tx, records);
    expect(verifiedAtHeight).toBe(story.chain.ledger.block.height);
  });
});

describe.each([
  ['open', 0],
  ['count', 1],
] as const)('when something happens during the %s of a release', (step, counted) => {
  it.each(HAPPENINGS)('%s: what was opened does not leave', async (_what, [end, code]) => {
    const {story, records, tx} = await permitted(3);
    story.meanwhile[step] = async () => {
      end(story);
      await story.project();
    };
    await expect(story.release(tx, records)).rejects.toMatchObject({code});
    expect(story.steps).toEqual(['alert', 'open', 'open', 'open']);
    expect(story.register.requests).toHaveLength(counted);
  });
});

describe('a reader who has gone, or whose time is up', () => {
  it.each(['proof', 'alert', 'open'] as const)('during the %s uses none of her answers up', async (step) => {
    const {story, records, tx} = await permitted(3);
    const gone = new AbortController();
    story.meanwhile[step] = async () => gone.abort();
    await expect(story.release(tx, records, {gone: gone.signal})).rejects.toMatchObject({code: 'policy-unavailable'});
    expect([story.register.requests, story.register.told]).toEqual([[], []]);
    for (let i = 0; i < 3; i += 1) await story.release(tx, records);
  });

  it('during the count has used one up: the keys were on their way', async () => {
    const {story, records, tx} = await permitted();
    const gone = new AbortController();
    story.meanwhile.count = async () => gone.abort();
    await story.release(tx, records, {gone: gone.signal});
    expect(story.register.requests).toHaveLength(1);
  });
});

it('proves nothing a second time when nothing has happened', async () => {
  const {story, records, tx} = await permitted(2);
  let asked = 0;
  const proofs = story.chain.proofs.bind(story.chain);
  story.chain.proofs = (question) => {
    asked += question.logs?.some(({kind}) => kind === STATE_KIND.accessLog) === true ? 1 : 0;
    return proofs(question);
  };
  await story.release(tx, records);
  expect(asked).toBe(1);
});

it('ends when blocks come faster than they can be proven', async () => {
  const {story, records, tx} = await permitted();
  const block = async (): Promise<void> => {
    story.chain.commit([], 0n);
    await story.project();
    story.meanwhile.proof = block;
  };
  story.meanwhile.proof = block;
  await expect(story.release(tx, records)).rejects.toMatchObject({code: 'behind'});
  expect(story.steps).not.toContain('open');
});

it('a validator that lags cannot prove what was known to end during the alert', async () => {
  const {story, records, tx} = await permitted();
  const node = story.chain.lagging();
  story.meanwhile.alert = async () => {
    story.chain.run(revokeGrant(patient.id), [patient]);
    await story.project();
    story.chain.proofs = (question) => node.proofs(question);
    story.chain.lightBlock = (height) => node.lightBlock(height);
    story.chain.waitForHeader = (height) => node.waitForHeader(height);
  };
  await expect(story.release(tx, records)).rejects.toMatchObject({code: 'behind'});
  expect(story.steps).toEqual(['alert']);
});

it('her own reading ends with her own key, that she replaced during the alert', async () => {
  const {story, records} = await permitted();
  const tx = await story.ask({}, patient);
  story.meanwhile.alert = async () => {
    story.chain.run(replaceKey(patient, next, recovery), [patient, next]);
    await story.project();
  };
  await expect(story.release(tx, records)).rejects.toMatchObject({code: 'unknown-key'});
  expect(story.steps).toEqual(['alert']);
});
