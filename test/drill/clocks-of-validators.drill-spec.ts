import {CODE} from '@vitalvault/contracts';
import {enrolPatient, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {blockHashes, executeHistory} from './history.js';
import {Sender} from './sender.js';
import {ORGANISATIONS, ValidatorNetwork} from './validator-network.js';
import {CLOCK, cometOfAnotherTime} from './wrong-clock.js';

/** Whose clock is wrong; the others' is the machine's. */
const WRONG = 3;
const HONEST = [0, 1, 2];
/** A block's time is that of the votes before it: empty blocks come every second, rounds may be lost under load. */
const OLDEST_MS = 45_000;

const sender = new Sender();
let dir: string;
let network: ValidatorNetwork;
let count = 0;

const honest = () => HONEST.map((i) => network.validator(i));
const height = async (i: number): Promise<number> => network.validator(i).height();

/** An enrolment that ends so many seconds from now. */
function enrolment(at: number, seconds: number): Uint8Array {
  const name = `patient ${count++}`;
  const [patient, recovery] = [testKey(name), testKey(`${name} recovery`)];
  const {sponsor} = testOrganisation(ORGANISATIONS[at] as 'hospital');
  const expiresAtTime = BigInt(Math.floor(Date.now() / 1_000) + seconds);
  return sender.tx(enrolPatient(patient, recovery), [sponsor, patient, recovery], {expiresAtTime});
}

/** Blocks go on, and their time is now, by the machine's clock. */
async function expectBlocksOfNow(blocks: number): Promise<void> {
  const begin = await height(0);
  for (let next = begin + 1; next <= begin + blocks; next++) {
    await network.reach(next, honest(), 60_000);
    const {sync_info: info} = await network.validator(0).rpc<{sync_info: {latest_block_time: string}}>('status');
    const ageMs = Date.now() - Date.parse(info.latest_block_time);
    expect(ageMs).toBeGreaterThan(0);
    expect(ageMs).toBeLessThan(OLDEST_MS);
  }
}

/** Nothing lives longer for it, and nothing dies before its time, whichever validator is asked. */
async function expectExpiryOfNow(of: readonly number[]): Promise<void> {
  for (const at of of) {
    expect([at, await network.validator(at).send(enrolment(at, -60))]).toEqual([at, CODE.expired]);
    expect([at, await network.validator(at).send(enrolment(at, 120))]).toEqual([at, CODE.ok]);
  }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-clocks-'));
  const program = await cometOfAnotherTime(dir);
  network = await ValidatorNetwork.start({
    programs: {[WRONG]: program},
    environments: {[WRONG]: {[CLOCK]: '1h'}},
    ageMs: 7_200_000,
  });
  await network.reach(3);
}, 300_000);

afterAll(async () => {
  await (network as ValidatorNetwork | undefined)?.close();
  await rm(dir, {recursive: true, force: true});
});

test('a validator an hour ahead: it votes with the others, and the time of blocks stays that of the others', async () => {
  await expectBlocksOfNow(8);
  await network.reach(await height(0), [network.validator(WRONG)]);
  await expectExpiryOfNow([0, WRONG]);
  // It is one of those whose votes made the blocks, and they carry its time.
  const {block} = await network
    .validator(0)
    .rpc<{block: {last_commit: {signatures: {timestamp: string}[]}; header: {time: string}}}>(
      `block?height=${await height(0)}`,
    );
  const ahead = block.last_commit.signatures.map(
    ({timestamp}) => Date.parse(timestamp) - Date.parse(block.header.time) > 3_000_000,
  );
  expect(ahead.filter((one) => one).length).toBeLessThanOrEqual(1);
}, 300_000);

test('a validator an hour behind takes no block, says why, and stops nobody; with its clock set right it catches up', async () => {
  await network.validator(WRONG).stop();
  const before = await height(0);
  await network.startValidator(WRONG, {[CLOCK]: '-1h'}).catch(() => undefined);
  await expectBlocksOfNow(8);
  await expectExpiryOfNow([0]);
  await eventually(async () => {
    if (!(await network.validator(WRONG).cometLog()).includes('too far in the future'))
      throw new Error('it says nothing');
  }, 60_000);
  await network.validator(WRONG).stop();
  await network.startValidator(WRONG);
  await network.reach(before + 8, [network.validator(WRONG)], 90_000);
}, 300_000);

test('the time of blocks only ever rises, all four have one history, and the transition function gives it', async () => {
  const blocks = await executeHistory(network.validator(WRONG), network.appState);
  expect(await blockHashes(network.validators, blocks.length)).toHaveProperty('size', 1);
  expect(blocks.every(({timeMs}, i) => i === 0 || timeMs > (blocks[i - 1]?.timeMs ?? 0))).toBe(true);
  for (const {output} of network.validators) expect(output).not.toMatch(/"level":"(error|fatal)"/);
});

test('every validator was asked what the ABCI grammar allows', () => {
  expect(network.grammarBreaches()).toEqual([]);
});

test('the second client says the same of the whole history', async () => {
  expect(await network.secondClientsWord(network.validator(WRONG))).toEqual({passed: 6, failed: 0});
}, 300_000);
