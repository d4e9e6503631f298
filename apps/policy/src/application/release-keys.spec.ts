import {describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf, Grant} from '@vitalvault/contracts/gen/ledger/v1/state';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {
  STATE_KIND,
  decodeCanonical,
  encodeCanonical,
  fromHex,
  sha256Of,
  taggedHash,
  toHex,
} from '@vitalvault/contracts';
import {RecordToReleaseSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {openReleaseBundle} from '@vitalvault/envelope';
import {
  HEART_RATE,
  PEOPLE,
  TEST_CHAIN,
  enrolPatient,
  registerDevice,
  registerMember,
  revokeGrant,
  tag,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {idOf} from '../domain/record-checks.js';
import {HOSPITAL, READER, ReleaseStory} from '../testing/release-story.js';

const {patient, clinician, stranger, strangerRecovery} = PEOPLE;
/** Header ages are judged by the real clock. */
const recently = (): bigint => BigInt(Math.floor(Date.now() / 1_000)) - 25n;

async function permitted(count = 1): Promise<{story: ReleaseStory; records: RecordToRelease[]; tx: string}> {
  const story = await new ReleaseStory(recently()).begin();
  const records: RecordToRelease[] = [];
  for (let i = 0; i < count; i++) records.push(await story.record());
  return {story, records, tx: await story.ask()};
}

/** The release is refused so, and nothing was opened, alerted or counted. */
async function refused(story: ReleaseStory, attempt: Promise<unknown>, error: object): Promise<void> {
  await expect(attempt).rejects.toMatchObject(error);
  expect(story.steps).toEqual([]);
  expect(story.register.requests).toEqual([]);
}

const changed = (record: RecordToRelease, change: Partial<RecordToRelease>): RecordToRelease =>
  create(RecordToReleaseSchema, {...record, ...change});

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
    expect(story.alerts[0]?.alertId).toEqual(taggedHash('alert', Uint8Array.of(2), fromHex(tx)));
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

  it.each([
    [1_000, 'by the whole log'],
    [0, 'leaf by leaf'],
  ])('proves many records %#: %s', async (wholeLogUpTo) => {
    const story = await new ReleaseStory(recently(), {wholeLogUpTo}).begin();
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

  it('a whole log with one leaf altered or left out opens nothing', async () => {
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
      detail: 'its newest header is too old',
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
    // An answer from before the revocation under the header of that time: true, but there is a newer one.
    story.chain.tamper = {
      proofs: (response) => ({...response, height: old.height}),
      header: () => story.chain.header(height) ?? '',
    };
    await refused(story, story.release(tx, records), {code: 'not-verified'});
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
    await refused(story, story.release(tx, records), {code: 'not-verified', meta: {reason: 'log-inclusion'}});
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
    await refused(story, story.release(tx, records), {code: 'not-verified', meta: {reason: 'state-proof'}});
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
    story.chain.run(enrolPatient(stranger, strangerRecovery), [HOSPITAL.sponsor, stranger]);
    forge(story, tx, {patient: toHex(stranger.id), index: 0n});
    await refused(story, story.release(tx, records), {code: 'release-mismatch'});
  });

  it('that points beyond the log opens nothing', async () => {
    const {story, records, tx} = await permitted();
    forge(story, tx, {index: 1_000n});
    await refused(story, story.release(tx, records), {
      code: 'not-verified',
      detail: 'the ledger cannot prove what was asked',
    });
  });
});

function decodeHeader(record: RecordToRelease) {
  return decodeCanonical(RecordHeaderSchema, record.header);
}

const encodeHeader = (header: Parameters<typeof encodeCanonical<typeof RecordHeaderSchema>>[1]): Uint8Array =>
  encodeCanonical(RecordHeaderSchema, header);
