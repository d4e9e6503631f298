import {enrolPatient, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import {setTimeout as delay} from 'node:timers/promises';
import {blockHashes, executeHistory, txName} from './history.js';
import {LinkedWays} from './linked-ways.js';
import {NamespacedWays} from './namespaced-ways.js';
import {Sender} from './sender.js';
import {ORGANISATIONS, ValidatorNetwork} from './validator-network.js';

/** Without a quorum no block may be decided in this time; with one there are several. */
const STILL_MS = 12_000;
/** "Back: blocks within 20 s". */
const BACK_MS = 20_000;

const sender = new Sender();
let network: ValidatorNetwork;
let count = 0;

function enrolment(at: number): Uint8Array {
  const name = `patient ${count++}`;
  const [patient, recovery] = [testKey(name), testKey(`${name} recovery`)];
  return sender.tx(enrolPatient(patient, recovery), [
    testOrganisation(ORGANISATIONS[at] as 'hospital').sponsor,
    patient,
    recovery,
  ]);
}

const heights = (of: readonly number[]): Promise<number[]> => Promise.all(of.map((i) => network.validator(i).height()));

/** Height at which nothing moves any more; a block that was under way may still come. */
async function standing(of: readonly number[]): Promise<number[]> {
  await delay(4_000);
  return heights(of);
}

beforeAll(async () => {
  // A real partition is silent: packets vanish, and no connection is reset. Where that cannot be had, links are cut.
  const ways = (await NamespacedWays.open(ORGANISATIONS.length)) ?? (await LinkedWays.open(ORGANISATIONS.length));
  process.stderr.write(`partitions by ${ways.name}\n`);
  network = await ValidatorNetwork.start({ways});
  await network.reach(3);
}, 120_000);
afterAll(() => (network as ValidatorNetwork | undefined)?.close());

test('two of four down: nothing is decided, what was sent waits; back: it is in a block within 20 s', async () => {
  for (const i of [2, 3]) await network.validator(i).stop('SIGKILL');
  const before = await standing([0, 1]);
  const tx = enrolment(0);
  expect(await network.validator(0).send(tx)).toBe(0);
  await delay(STILL_MS);
  expect(await heights([0, 1])).toEqual(before);
  const since = Date.now();
  for (const i of [2, 3]) await network.startValidator(i);
  await network.reach(Math.max(...before) + 2, undefined, BACK_MS);
  expect(Date.now() - since).toBeLessThan(BACK_MS);
  await expectInBlock(tx);
}, 120_000);

test('a partition into two and two decides nothing on either side, and is one chain again when it is healed', async () => {
  await network.partition([0, 1]);
  const before = await standing([0, 1, 2, 3]);
  const [here, there] = [enrolment(1), enrolment(2)];
  expect(await network.validator(1).send(here)).toBe(0);
  expect(await network.validator(2).send(there)).toBe(0);
  await delay(STILL_MS);
  expect(await heights([0, 1, 2, 3])).toEqual(before);
  await network.heal();
  await network.reach(Math.max(...before) + 3, undefined, 60_000);
  for (const tx of [here, there]) await expectInBlock(tx);
}, 180_000);

test('one that is cut off stands still while the others go on, and catches up', async () => {
  await network.partition([3]);
  const [before] = await standing([3]);
  await network.reach((before ?? 0) + 5, network.validators.slice(0, 3));
  expect(await heights([3])).toEqual([before]);
  await network.heal();
  await network.reach((before ?? 0) + 5, network.validators.slice(3), 60_000);
}, 180_000);

test('all four have one history, and the transition function gives it', async () => {
  const blocks = await executeHistory(network.validator(3), network.appState);
  expect(await blockHashes(network.validators, blocks.length)).toHaveProperty('size', 1);
  for (const {output} of network.validators) expect(output).not.toMatch(/"level":"(error|fatal)"/);
});

test('every validator was asked what the ABCI grammar allows', () => {
  expect(network.grammarBreaches()).toEqual([]);
});

test('the second client says the same of the whole history', async () => {
  expect(await network.secondClientsWord(network.validator(3))).toEqual({passed: 6, failed: 0});
}, 300_000);

async function expectInBlock(tx: Uint8Array): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const blocks = await executeHistory(network.validator(0), network.appState);
    const found = blocks.find(({txs}) => txs.some((one) => txName(one) === txName(tx)));
    if (found !== undefined) {
      expect(found.codes[found.txs.findIndex((one) => txName(one) === txName(tx))]).toBe(0);
      return;
    }
    await delay(1_000);
  }
  throw new Error('the transaction is in no block');
}
