import {CODE, decodeCanonical, sha256Of} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DEFAULT_PARAMETERS, TestLedger, signedBody, testGenesis} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {nativeVerify} from '../../apps/ledger-abci/src/crypto/native-verify.js';
import {CAST} from './cast.js';
import {Chance} from './chance.js';
import {compareNotify, comparePolicy, comparePolicyDeeply, compareStorage} from './compare.js';
import {compareLimits} from './compare-limits.js';
import {FollowedNotify} from './followed-notify.js';
import {FollowedPolicy} from './followed-policy.js';
import {FollowedStorage} from './followed-storage.js';
import type {MadeBlock} from './made-block.js';
import {RandomBlocks} from './random-blocks.js';

const SECONDS = Number(process.env['FOLLOW_SECONDS'] ?? 20);
const SEED = process.env['FOLLOW_SEED'] ?? randomBytes(6).toString('hex');
/** Some nonces were used by the walk before. */
const LEAVES = 1_050;
/** So that one block can bring a patient more leaves than one answer of the ledger proves. */
const MANY = {...DEFAULT_PARAMETERS.requests, burst: 5_000};
const PARAMETERS = {...DEFAULT_PARAMETERS, accessRequests: MANY, requests: MANY};
const genesis = testGenesis(['hospital', 'clinic'], PARAMETERS);

/** Every legal block can be followed: policy, storage and notify end up with what the ledger holds. */
describe(`random legal blocks (FOLLOW_SEED=${SEED})`, () => {
  const [chance, clock] = [new Chance(SEED), {ms: 1_704_067_200_000}];
  const ledger = new TestLedger(genesis, {sha256: sha256Of, verify: nativeVerify()});
  const blocks = new RandomBlocks(ledger, chance);
  const executed = new Map<string, number>();
  let engines: Engines;
  let policy: FollowedPolicy;
  let storage: FollowedStorage;
  let notify: FollowedNotify;
  let refused = 0;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    for (const app of ['policy', 'storage', 'notify'])
      await runMigrations({
        databaseUrl: engines.databaseUrl(`vv_${app}`),
        dir: join(import.meta.dirname, '..', '..', 'apps', app, 'prisma', 'migrations'),
      });
    policy = new FollowedPolicy(engines.databaseUrl('vv_policy'), ledger);
    storage = new FollowedStorage(engines.databaseUrl('vv_storage'), clock);
    notify = new FollowedNotify(engines.databaseUrl('vv_notify'));
    await policy.begin(genesis);
    await storage.follow.begin();
    for (const txs of blocks.prologue()) await follow(txs, 1n);
  });

  afterAll(async () => {
    for (const {database} of [policy, storage, notify]) await database.$disconnect();
    await engines.stop();
  });

  function make(txs: readonly Uint8Array[], seconds: bigint): MadeBlock {
    const {results} = ledger.commit(txs, seconds);
    for (const [place, {code}] of results.entries()) count(txs[place] as Uint8Array, code);
    return {height: ledger.block.height, timeSeconds: ledger.block.time, txs, results};
  }

  function count(tx: Uint8Array, code: number): void {
    if (code !== CODE.ok) refused++;
    else {
      const {message} = decodeCanonical(BodySchema, decodeCanonical(TxSchema, tx).body);
      executed.set(message.case ?? '', (executed.get(message.case ?? '') ?? 0) + 1);
    }
  }

  const time = (): bigint => (chance.once(8) ? BigInt(chance.int(20_000)) : BigInt(1 + chance.int(9)));

  /** Made and not taken yet: who is behind takes several at once. */
  let behind: MadeBlock[] = [];

  async function follow(txs: readonly Uint8Array[], seconds = time(), atOnce = true): Promise<void> {
    const block = make(txs, seconds);
    clock.ms += 20_000;
    behind.push(block);
    if (!atOnce) return;
    const blocks = behind;
    behind = [];
    await policy.take(...blocks);
    await storage.take(...blocks);
    await notify.takeFrom(policy.database);
    await notify.takeFrom(storage.database);
    await comparePolicy(ledger, policy);
    await compareStorage(ledger, storage, block);
    await compareNotify(ledger, notify);
    await compareLimits(ledger, storage);
  }

  /** Anchors of ours, and sometimes a copy of them that another hospital signed, before or after. */
  async function anchors(): Promise<Uint8Array[]> {
    for (let n = chance.int(6); n > 0; n--)
      await storage.accept(ledger, chance, {patient: chance.pick(CAST.patients), device: chance.pick(CAST.devices)});
    const own = await storage.anchors();
    const copies = chance.once(2) ? own.map((tx) => copyOf(tx, CAST.clinic.storage)) : [];
    return chance.once(2) ? [...own, ...copies] : [...copies, ...own];
  }

  it(
    `are followed for ${String(SECONDS)} s`,
    async () => {
      const until = Date.now() + SECONDS * 1_000;
      while (Date.now() < until) await follow([...(await anchors()), ...blocks.next()], time(), !chance.once(3));
      await follow([]);
      await comparePolicyDeeply(ledger, policy);
      const counts = Object.fromEntries([...executed].toSorted());
      process.stdout.write(
        `${JSON.stringify({seed: SEED, blocks: Number(ledger.block.height), refused, ...counts})}\n`,
      );
      expect(Object.keys(counts)).toEqual([
        'anchorRecords',
        'enrolPatient',
        'publishKeys',
        'putGrant',
        'registerDevice',
        'registerMember',
        'removeDevice',
        'requestAccess',
        'suspendMember',
      ]);
      expect(refused).toBeGreaterThan(0);
    },
    (SECONDS + 120) * 1_000,
  );

  it(`are followed with ${String(LEAVES)} leaves of one patient in a block`, async () => {
    const patient = chance.pick(CAST.patients.slice(0, 2));
    const before = ledger.accessLog(patient.id).length;
    await follow(blocks.manyLeaves(patient, LEAVES), 1n);
    expect(ledger.accessLog(patient.id).length - before).toBeGreaterThan(1_000);
  }, 300_000);
});

const copyOf = (tx: Uint8Array, signer: TestKey): Uint8Array =>
  signedBody(decodeCanonical(TxSchema, tx).body, [signer]);
