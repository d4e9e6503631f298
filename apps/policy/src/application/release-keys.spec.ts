import {describe, expect, it} from '@jest/globals';
import {STATE_KIND, TOPICS, decodeCanonical, fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {openReleaseBundle} from '@vitalvault/envelope';
import {
  HEART_RATE,
  PEOPLE,
  TEST_CHAIN,
  registerDevice,
  revokeGrant,
  tag,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {idOf} from '../domain/record-checks.js';
import {
  changed,
  decodeHeader,
  encodeHeader,
  permitted,
  recently,
  refused,
} from '../../test/support/release-attempts.js';
import {ReleaseStory} from '../../test/support/release-story.js';
import {HOSPITAL, READER} from '../../test/support/release-world.js';

const {patient, clinician} = PEOPLE;

/** @spec docs/protocol.md §9.2 */
const subjectOf = (tx: string, number: number, signedRequest: Uint8Array = new Uint8Array()): Uint8Array =>
  Uint8Array.from([...fromHex(tx), 0, 0, 0, number, ...sha256Of(signedRequest)]);

describe('a release', () => {
  it('gives the reader the inner keys that the device sealed', async () => {
    const {story, records, tx} = await permitted(3);
    const {bundle, verifiedAtHeight} = await story.release(tx, records);
    const context = {chainId: TEST_CHAIN, txId: fromHex(tx), organisation: HOSPITAL.id, recordIds: records.map(idOf)};
    const innerKeys = await openReleaseBundle(context, READER.privateKey, bundle);
    expect(innerKeys.map((key) => toHex(sha256Of(key)))).toEqual(records.map(({innerKeyHash}) => toHex(innerKeyHash)));
    expect(verifiedAtHeight).toBe(story.chain.ledger.block.height);
  });

  it('opens nothing before the alert is durable', async () => {
    const {story, records, tx} = await permitted(2);
    await story.release(tx, records);
    expect(story.steps).toEqual(['alert', 'open', 'open']);
    expect(story.alerts).toMatchObject([
      {kind: AlertKind.ACCESS_PERMITTED, subject: fromHex(tx), patient: patient.id, reader: clinician.id, permit: true},
    ]);
  });

  it('opens nothing while the follower stands', async () => {
    const {story, records, tx} = await permitted();
    story.follower.stopped('310', new Error());
    await refused(story, story.release(tx, records), {code: 'follower-stopped'});
    expect(story.alerts).toEqual([]);
    story.follower.goesOn();
    await story.release(tx, records);
  });

  it('opens nothing when the alert cannot be queued', async () => {
    const {story, records, tx} = await permitted();
    story.notifyAway = true;
    await refused(story, story.release(tx, records), {code: 'notify-unavailable'});
    story.notifyAway = false;
    await story.release(tx, records);
    expect(story.steps).toEqual(['alert', 'open']);
  });

  it('is given three times for a permit and record, and the requests are kept', async () => {
    const {story, records, tx} = await permitted();
    for (let i = 0; i < 3; i++) await story.release(tx, records);
    story.steps.length = 0;
    await expect(story.release(tx, records)).rejects.toMatchObject({code: 'release-limit'});
    expect(story.steps).toEqual([]);
    expect(story.register.requests).toHaveLength(3);
  });

  it('tells the patient of each answer, in one step with its count', async () => {
    const {story, records, tx} = await permitted(2);
    story.meanwhile.open = () => {
      expect(story.register.told).toHaveLength(0);
      return Promise.resolve();
    };
    for (let i = 0; i < 4; i++) await story.release(tx, records).catch(() => undefined);
    const told = story.register.told.map(({value, key, topic}) => ({
      key,
      topic,
      alert: decodeCanonical(AlertSchema, value),
    }));
    expect(told).toMatchObject(
      [1, 2, 3].map((number) => ({
        topic: TOPICS.alerts,
        key: toHex(patient.id),
        alert: {
          patient: patient.id,
          kind: AlertKind.KEYS_RELEASED,
          subject: subjectOf(tx, number, story.register.requests[number - 1]),
          raisedAtMs: 1_000n,
          reader: clinician.id,
          permit: true,
        },
      })),
    );
    expect(new Set(told.map(({alert}) => toHex(alert.alertId))).size).toBe(3);
  });

  it('tells of an answer as another one when a restored database gives its number again', async () => {
    const {story, records, tx} = await permitted();
    await story.release(tx, records);
    story.register.goBack();
    await story.release(tx, records);
    const told = story.register.told.map(({value}) => decodeCanonical(AlertSchema, value));
    expect(told.map(({subject}) => [...subject.subarray(32, 36)])).toEqual([
      [0, 0, 0, 1],
      [0, 0, 0, 1],
    ]);
    expect(new Set(story.register.told.map(({messageId}) => messageId)).size).toBe(2);
  });

  it('proves many records by one proof', async () => {
    const story = await new ReleaseStory(recently()).begin();
    const records: RecordToRelease[] = [];
    for (let i = 0; i < 18; i++) records.push(await story.record());
    const tx = await story.ask();
    const exchanged = [...records.slice(0, 17), changed(records[17] as RecordToRelease, {logIndex: 3n})];
    await refused(story, story.release(tx, exchanged), {
      code: 'release-mismatch',
      detail: 'the record log has another record at that index',
    });
    await story.release(tx, records.toReversed());
    expect(story.steps).toHaveLength(19);
  });

  it('a log with one leaf altered or left out opens nothing', async () => {
    const {story, records, tx} = await permitted(18);
    const lie = (change: (leaves: Uint8Array[]) => Uint8Array[]) => {
      story.chain.tamper = {
        proofs: (response) => ({
          ...response,
          logs: response.logs.map((log) =>
            log.kind === STATE_KIND.recordLog ? {...log, leaves: change(log.leaves)} : log,
          ),
        }),
      };
    };
    lie((leaves) => leaves.with(5, leaves[6] as Uint8Array));
    await refused(story, story.release(tx, records), {code: 'not-verified'});
    lie((leaves) => leaves.slice(0, 17));
    await refused(story, story.release(tx, records), {code: 'not-verified'});
  });

  it('waits a moment for a block that storage knows already', async () => {
    const story = await new ReleaseStory(recently()).begin();
    const records = [await story.record()];
    const project = story.project.bind(story);
    story.project = () => Promise.resolve();
    const released = story.release(await story.ask(), records);
    await project();
    await released;
    expect(story.steps).toEqual(['alert', 'open']);
  });

  it('is given to the patient herself without any grant', async () => {
    const story = await new ReleaseStory(recently()).begin();
    const records = [await story.record()];
    const tx = await story.ask({grantId: tag(0), typeTag: tag(0)}, patient);
    await story.release(tx, records);
    expect(story.steps).toEqual(['alert', 'open']);
  });

  it('is given for a type that the reader cannot name when every type was granted', async () => {
    const story = await new ReleaseStory(recently()).begin({typeTags: [tag(0)]});
    const records = [await story.record()];
    await story.release(await story.ask({typeTag: tag(0)}), records);
    expect(story.steps).toEqual(['alert', 'open']);
  });
});

describe('a release is refused', () => {
  it('for a transaction that nobody knows', async () => {
    const {story, records} = await permitted();
    await refused(story, story.release('00'.repeat(32), records), {code: 'tx-not-found'});
  });

  it('for a request that the ledger refused', async () => {
    const story = await new ReleaseStory(recently()).begin();
    const records = [await story.record()];
    await refused(story, story.release(await story.ask({purpose: 3}), records), {code: 'access-refused'});
  });

  it('for a permit that was hoarded until the grant was revoked', async () => {
    const {story, records, tx} = await permitted();
    story.chain.run(revokeGrant(patient.id), [patient]);
    await refused(story, story.release(tx, records), {code: 'permit-ended'});
  });

  it('when the grant was narrowed since', async () => {
    const {story, records, tx} = await permitted();
    story.grant({version: 2, purposes: [2]});
    await refused(story, story.release(tx, records), {code: 'permit-ended'});
  });

  it('to a reader who was suspended', async () => {
    const {story, records, tx} = await permitted();
    story.chain.run({case: 'suspendMember', value: {organisation: HOSPITAL.id, member: clinician.id}}, [
      HOSPITAL.sponsor,
    ]);
    await refused(story, story.release(tx, records), {code: 'permit-ended'});
  });

  it('for records that came after the permit', async () => {
    const {story, records, tx} = await permitted();
    records.push(await story.record());
    await refused(story, story.release(tx, records), {
      code: 'release-mismatch',
      detail: 'a record is younger than the permit',
    });
  });

  it('for a record of another hour, or another type', async () => {
    const story = await new ReleaseStory(recently()).begin();
    const other = tag(0xbb);
    const again = testKey('second device');
    story.chain.run(registerDevice(patient, again, [other]), [patient, again]);
    const records = [await story.record(), await story.record({slot: story.slot - 5})];
    const tx = await story.ask();
    await refused(story, story.release(tx, records), {
      code: 'release-mismatch',
      detail: 'a record outside the hours of the request',
    });
    const granted = await story.ask({typeTag: HEART_RATE});
    const header = {...decodeHeader(records[0] as RecordToRelease), typeTag: other};
    await refused(
      story,
      story.release(granted, [changed(records[0] as RecordToRelease, {header: encodeHeader(header)})]),
      {code: 'release-mismatch', detail: 'a record of another type'},
    );
  });

  it('for a record that is sealed to another custodian', async () => {
    const story = await new ReleaseStory(recently()).begin();
    const records = [await story.record({}, testOrganisation('clinic'))];
    await refused(story, story.release(await story.ask(), records), {
      code: 'release-mismatch',
      detail: 'a record that is sealed to another custodian',
    });
  });

  it.each<[string, (record: RecordToRelease) => Partial<RecordToRelease>]>([
    ['a sealed key', ({sealedKey}) => ({sealedKey: sealedKey.map((byte, i) => (i === 90 ? byte ^ 1 : byte))})],
    ['a hash of the inner key', () => ({innerKeyHash: new Uint8Array(32)})],
    ['a hash of the ciphertext', () => ({ciphertextHash: new Uint8Array(32)})],
    ['an index', () => ({logIndex: 0n})],
  ])('for %s that was exchanged', async (_what, change) => {
    const {story, records, tx} = await permitted(2);
    const record = records[1] as RecordToRelease;
    await refused(story, story.release(tx, [changed(record, change(record))]), {
      code: 'release-mismatch',
      detail: 'the record log has another record at that index',
    });
  });

  it('for a record that is named twice', async () => {
    const {story, records, tx} = await permitted();
    await refused(story, story.release(tx, [...records, ...records]), {
      code: 'release-mismatch',
      detail: 'a record is named twice',
    });
  });

  it('for all records when one does not match', async () => {
    const {story, records, tx} = await permitted(2);
    await refused(
      story,
      story.release(tx, [
        records[0] as RecordToRelease,
        changed(records[1] as RecordToRelease, {sealedKey: new Uint8Array(128)}),
      ]),
      {code: 'release-mismatch'},
    );
  });
});
