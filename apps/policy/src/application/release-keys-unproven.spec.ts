import {describe, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema, GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf, Grant} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PEOPLE, enrolPatient, registerMember, revokeGrant, tag, testKey} from '@vitalvault/ledger-state/testing';
import {permitted, recently, refused} from '../../test/support/release-attempts.js';
import {ReleaseStory} from '../../test/support/release-story.js';
import {HOSPITAL} from '../../test/support/release-world.js';

const {patient, stranger, strangerRecovery} = PEOPLE;

describe('nothing is released while', () => {
  it('the ledger is away', async () => {
    const {story, records, tx} = await permitted();
    story.chain.away = true;
    await refused(story, story.release(tx, records), {code: 'ledger-unavailable'});
  });

  it('its newest header is older than 30 s', async () => {
    const story = await new ReleaseStory(recently() - 60n).begin();
    const records = [await story.record()];
    await refused(story, story.release(await story.ask(), records), {
      code: 'ledger-unavailable',
      detail: "its newest header is too old by this service's clock",
    });
  });

  it('too few validators sign', async () => {
    const {story, records, tx} = await permitted();
    const {height, time} = story.chain.ledger.block;
    story.chain.tamper = {
      header: () => story.chain.validatorSet.sign({height, timeSeconds: time, appHash: story.chain.ledger.appHash}, 2),
    };
    await refused(story, story.release(tx, records), {code: 'not-verified', meta: {reason: 'too-few-signatures'}});
  });

  it('a header of strangers is served', async () => {
    const {story, records, tx} = await permitted();
    story.chain.tamper = {header: (json) => json.replace(/"app_hash":"[0-9A-F]{2}/, '"app_hash":"00')};
    await refused(story, story.release(tx, records), {code: 'not-verified', meta: {reason: 'header-commit-mismatch'}});
  });

  it("the RPC serves yesterday's state", async () => {
    const {story, records, tx} = await permitted();
    const {height} = story.chain.ledger.block;
    const old = await story.chain.proofs({keys: [], logs: []});
    story.chain.run(revokeGrant(patient.id), [patient]);
    // An answer from before the revocation under the header of that time: true, but there is a newer one. By this node
    // alone it cannot be told from one whose next header is not there yet.
    story.chain.tamper = {
      proofs: (response) => ({...response, height: old.height}),
      header: () => story.chain.header(height) ?? '',
    };
    await refused(story, story.release(tx, records), {code: 'behind'});
  });

  it.each<[string, (leaf: AccessLeaf) => void]>([
    [
      'a permit out of a refusal',
      (leaf) => {
        if (leaf.event.case === 'access' && leaf.event.value.decision)
          Object.assign(leaf.event.value.decision, {
            permit: true,
            recordLogSize: 100n,
            releaseUntilHeight: 10_000n,
            releaseUntilTime: 99_999_999_999n,
          });
      },
    ],
    [
      "another reader's key",
      (leaf) => {
        if (leaf.event.case === 'access' && leaf.event.value.request)
          leaf.event.value.request.readerKey = new Uint8Array(32).fill(9);
      },
    ],
  ])('a lying RPC makes %s', async (_what, lie) => {
    const story = await new ReleaseStory(recently()).begin();
    const records = [await story.record()];
    const tx = await story.ask({purpose: 3});
    story.chain.tamper = {
      proofs: (response) => ({
        ...response,
        logs: response.logs.map((log) => ({
          ...log,
          leaves: log.leaves.map((bytes) => {
            const leaf = decodeCanonical(AccessLeafSchema, bytes);
            lie(leaf);
            return encodeCanonical(AccessLeafSchema, leaf);
          }),
        })),
      }),
    };
    await refused(story, story.release(tx, records), {code: 'not-verified', meta: {reason: 'log-leaves'}});
  });

  describe('a validator that lags', () => {
    /** The story as a node serves it that has stopped before what follows. */
    async function lagging() {
      const {story, records, tx} = await permitted();
      const node = story.chain.lagging();
      const lag = () => {
        story.chain.proofs = (question) => node.proofs(question);
        story.chain.lightBlock = (height) => node.lightBlock(height);
        story.chain.waitForHeader = (height) => node.waitForHeader(height);
      };
      return {story, records, tx, lag};
    }

    it('cannot release what this service has projected to be revoked', async () => {
      const {story, records, tx, lag} = await lagging();
      story.chain.run(revokeGrant(patient.id), [patient]);
      await story.project();
      lag();
      await refused(story, story.release(tx, records), {code: 'behind'});
    });

    it('nor what storage has seen, when this service lags too', async () => {
      const {story, records, tx, lag} = await lagging();
      story.chain.run(revokeGrant(patient.id), [patient]);
      lag();
      await refused(story, story.release(tx, records, {seenHeight: story.chain.ledger.block.height - 1n}), {
        code: 'behind',
      });
    });

    it('releases while nothing newer is known, without waiting for a block', async () => {
      const {story, records, tx, lag} = await lagging();
      lag();
      await story.release(tx, records);
      expect(story.steps).toEqual(['alert', 'open']);
    });
  });

  it('a lying RPC brings a revoked grant back', async () => {
    const {story, records, tx} = await permitted();
    story.chain.run(revokeGrant(patient.id), [patient]);
    story.chain.tamper = {
      proofs: (response) => ({
        ...response,
        states: response.states.map((state) => {
          if (state.key?.kind !== STATE_KIND.grant) return state;
          const grant: Grant = decodeCanonical(GrantSchema, state.value);
          return {...state, value: encodeCanonical(GrantSchema, {...grant, revoked: false})};
        }),
      }),
    };
    await refused(story, story.release(tx, records), {code: 'behind', meta: {reason: 'early'}});
  });

  it("a lying RPC leaves out the reader's standing", async () => {
    const {story, records, tx} = await permitted();
    story.chain.tamper = {
      proofs: (response) => ({
        ...response,
        states: response.states.filter((state) => state.key?.kind !== STATE_KIND.member),
      }),
    };
    await refused(story, story.release(tx, records), {code: 'not-verified', meta: {reason: 'not-what-was-asked'}});
  });
});

describe('a forged row of the projection', () => {
  const forge = (story: ReleaseStory, tx: string, change: object): void => {
    const rows = story.store.rows.leaves;
    const at = rows.findIndex(({txId}) => txId === tx);
    rows[at] = {...rows[at], ...change} as never;
  };

  it('that points to another leaf opens nothing', async () => {
    const {story, records, tx} = await permitted();
    const refusal = await story.ask({purpose: 3});
    const permit = story.store.rows.leaves.find(({txId}) => txId === tx);
    forge(story, refusal, {index: permit?.index});
    await refused(story, story.release(refusal, records), {
      code: 'release-mismatch',
      detail: "the leaf of the access log is another transaction's",
    });
  });

  it('that makes a permit of a refusal opens nothing', async () => {
    const {story, records, tx} = await permitted();
    const refusal = await story.ask({purpose: 3});
    const permit = story.store.rows.leaves.find(({txId}) => txId === tx);
    forge(story, refusal, {leaf: permit?.leaf});
    await refused(story, story.release(refusal, records), {code: 'access-refused'});
  });

  it.each<[string, (leaf: AccessLeaf) => void]>([
    [
      'another reader, who is in good standing',
      (leaf) => {
        if (leaf.event.case === 'access') leaf.event.value.reader = testKey('colleague').id;
      },
    ],
    [
      'another grant, which still stands',
      (leaf) => {
        if (leaf.event.case === 'access' && leaf.event.value.request) leaf.event.value.request.grantId = tag(2);
      },
    ],
  ])('that names %s opens nothing', async (_what, lie) => {
    const {story, records, tx} = await permitted();
    story.chain.run(registerMember(HOSPITAL, testKey('colleague')), [HOSPITAL.sponsor, testKey('colleague')]);
    story.grant({grantId: tag(2)});
    const leaf = decodeCanonical(
      AccessLeafSchema,
      story.store.rows.leaves.find(({txId}) => txId === tx)?.bytes ?? new Uint8Array(),
    );
    lie(leaf);
    forge(story, tx, {leaf});
    await refused(story, story.release(tx, records), {
      code: 'release-mismatch',
      detail: 'the projection of the decision is not what the ledger proves',
    });
  });

  it('that names another patient opens nothing', async () => {
    const {story, records, tx} = await permitted();
    story.chain.run(enrolPatient(stranger, strangerRecovery), [HOSPITAL.sponsor, stranger, strangerRecovery]);
    forge(story, tx, {patient: toHex(stranger.id), index: 0n});
    await refused(story, story.release(tx, records), {code: 'release-mismatch'});
  });

  it('that points beyond the log opens nothing', async () => {
    const {story, records, tx} = await permitted();
    forge(story, tx, {index: 1_000n});
    await refused(story, story.release(tx, records), {code: 'release-mismatch', detail: 'the log has no such leaf'});
  });
});
