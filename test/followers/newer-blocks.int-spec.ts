import {CODE, TOPICS, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  PEOPLE,
  REMEMBERING_PORTS,
  TestLedger,
  enrolPatient,
  requestAccess,
  signedBody,
  testGenesis,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {OutboxStore, runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {Patient} from '../../apps/notify/test/support/people.js';
import {FollowedNotify} from './followed-notify.js';
import {FollowedPolicy} from './followed-policy.js';
import {FollowedStorage} from './followed-storage.js';
import type {MadeBlock} from './made-block.js';

const genesis = testGenesis(['hospital', 'clinic']);
const hospital = testOrganisation('hospital');
const {patient, recovery} = PEOPLE;

/** As a later version would write it: one field more, number 99, of one byte. */
const newer = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0x9a, 0x06, 0x01, 0x00]);

/**
 * What a service meets that is older than the ledger, or than the service that wrote a message. It stops, each time.
 */
describe('what an older service does not know', () => {
  const ledger = new TestLedger(genesis, REMEMBERING_PORTS);
  let engines: Engines;
  let policy: FollowedPolicy;
  let storage: FollowedStorage;
  let notify: FollowedNotify;

  const make = (txs: readonly Uint8Array[]): MadeBlock => {
    const {results} = ledger.commit(txs);
    expect(results.map(({code}) => code)).toEqual(txs.map(() => CODE.ok));
    return {height: ledger.block.height, timeSeconds: ledger.block.time, txs, results};
  };
  const asks = (): Uint8Array => ledger.tx(requestAccess(patient.id), [patient]);
  const heights = async (): Promise<[bigint | undefined, bigint | undefined]> => [
    (await policy.store.position())?.height,
    (await storage.database.ledgerCursor.findFirst())?.height,
  ];

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    for (const app of ['policy', 'storage', 'notify'])
      await runMigrations({
        databaseUrl: engines.databaseUrl(`vv_${app}`),
        dir: join(import.meta.dirname, '..', '..', 'apps', app, 'prisma', 'migrations'),
      });
    policy = new FollowedPolicy(engines.databaseUrl('vv_policy'), ledger);
    storage = new FollowedStorage(engines.databaseUrl('vv_storage'), {ms: 0});
    notify = new FollowedNotify(engines.databaseUrl('vv_notify'));
    await policy.begin(genesis);
    await storage.follow.begin();
    const enrolled = make([ledger.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery])]);
    await policy.take(enrolled);
    await storage.take(enrolled);
  });

  afterAll(async () => {
    for (const {database} of [policy, storage, notify]) await database.$disconnect();
    await engines.stop();
  });

  const tampered: readonly [string, (block: MadeBlock) => MadeBlock, readonly ('policy' | 'storage')[]][] = [
    [
      'a message, or a field of one',
      (block) => ({
        ...block,
        txs: block.txs.map((tx) => signedBody(newer(decodeCanonical(TxSchema, tx).body), [patient])),
      }),
      ['policy', 'storage'],
    ],
    ['a field of a transaction', (block) => ({...block, txs: block.txs.map(newer)}), ['policy', 'storage']],
    [
      'a transaction without a message',
      (block) => {
        const body = {version: 1, chainId: 'c', expiresAtHeight: 1n, expiresAtTime: 1n, nonce: 1n, message: {}};
        const tx = signedBody(encodeCanonical(BodySchema, body as never), [patient]);
        return {...block, txs: block.txs.map(() => tx)};
      },
      ['policy', 'storage'],
    ],
    ['a result code', (block) => ({...block, results: block.results.map(({data}) => ({code: 199, data}))}), ['policy']],
    [
      'a field of a decision',
      (block) => ({...block, results: block.results.map(({code, data}) => ({code, data: newer(data)}))}),
      ['storage'],
    ],
    ['a block that lacks a result', (block) => ({...block, results: []}), ['storage']],
  ];

  it.each(tampered)('%s stops the followers, which go on from there', async (_what, change, who) => {
    const [before, block] = [await heights(), make([asks()])];
    const later = change(block);
    for (const service of who) await expect((service === 'policy' ? policy : storage).take(later)).rejects.toThrow();
    expect(await heights()).toEqual(before);
    await policy.take(block);
    await storage.take(block);
    expect(await heights()).toEqual([block.height, block.height]);
  });

  it('an event of a leaf stops policy, which goes on from there', async () => {
    const [before, block] = [await heights(), make([asks()])];
    policy.tamper = newer;
    await expect(policy.take(block)).rejects.toMatchObject({name: 'NotCanonicalError'});
    expect(await heights()).toEqual(before);
    policy.tamper = (leaf) => leaf;
    await policy.take(block);
    await storage.take(block);
    expect(await heights()).toEqual([block.height, block.height]);
  });

  it('a field of an event or of its leaf stops notify, and nothing of its batch is taken', async () => {
    const outbox = await new OutboxStore(policy.database).take(10);
    const good = outbox.map(({value}) => value);
    expect(good.length).toBeGreaterThan(2);
    const someone = new Patient();
    const event = someone.event({case: 'grant', value: {} as never}, {case: undefined} as never);
    for (const odd of [newer(good[0] as Uint8Array), newer(event)]) {
      await expect(notify.take(TOPICS.ledgerEvents, [...good, odd])).rejects.toMatchObject({name: 'NewerMessage'});
      expect(await notify.offsets.load(TOPICS.ledgerEvents, 0)).toBeUndefined();
      expect(await notify.database.alert.count()).toBe(0);
    }
    await notify.take(TOPICS.ledgerEvents, good);
    expect((await notify.offsets.load(TOPICS.ledgerEvents, 0))?.next).toBe(BigInt(good.length));
  });

  it('a kind of alert stops notify', async () => {
    const someone = new Patient();
    const alert = (kind: number): Uint8Array =>
      encodeCanonical(AlertSchema, someone.alert(kind, new Uint8Array(32).fill(kind)));
    const known = alert(AlertKind.STORAGE_FAILED);
    for (const odd of [alert(99), newer(known)])
      await expect(notify.take(TOPICS.alerts, [known, odd])).rejects.toMatchObject({name: 'NewerMessage'});
    expect(await notify.offsets.load(TOPICS.alerts, 0)).toBeUndefined();
    await notify.take(TOPICS.alerts, [known]);
    expect((await notify.offsets.load(TOPICS.alerts, 0))?.next).toBe(1n);
  });
});
