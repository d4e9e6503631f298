import {enrolPatient, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import {eventually, seededRandom} from '@vitalvault/testkit';
import {ATTACKS} from './attacks.js';
import {ByzantineProposer} from './byzantine-proposer.js';
import {blockHashes, executeHistory, txName} from './history.js';
import type {DecidedBlock} from './history.js';
import {seed, shuffled} from './seed.js';
import {Sender} from './sender.js';
import {ORGANISATIONS, ValidatorNetwork} from './validator-network.js';

const sender = new Sender();
const accomplices = ['one', 'two', 'three'].map((name) => testKey(`accomplice ${name}`));
const committed: Uint8Array[] = [];
const proposer = new ByzantineProposer(shuffled(ATTACKS), () => ({
  sender,
  accomplices,
  committed,
  random: seededRandom(`drill ${seed}`),
}));

let network: ValidatorNetwork;
let blocks: readonly DecidedBlock[];
const sent: Uint8Array[] = [];

function enrolment(name: string, by: (typeof ORGANISATIONS)[number]): Uint8Array {
  const [patient, recovery] = [testKey(name), testKey(`${name} recovery`)];
  return sender.tx(enrolPatient(patient, recovery), [testOrganisation(by).sponsor, patient, recovery]);
}

beforeAll(async () => {
  network = await ValidatorNetwork.start({alterations: {3: proposer.alteration}});
  await network.reach(2);
  for (const [i] of accomplices.entries()) {
    const tx = enrolment(`accomplice ${['one', 'two', 'three'][i]}`, 'university');
    expect(await network.validator(0).send(tx)).toBe(0);
    sent.push(tx);
  }
  // Honest clients go on all the while, each at another validator.
  let [clients, stop] = [0, false];
  const traffic = (async () => {
    while (!stop) {
      const at = clients++ % 3;
      const tx = enrolment(`patient ${clients}`, ORGANISATIONS[at] as 'hospital');
      if ((await network.validator(at).send(tx)) === 0) sent.push(tx);
      if (clients > 20) committed.push(...sent.slice(0, 1));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  })();
  await eventually(() => {
    if (!proposer.done) throw new Error(`${proposer.tried.length} attacks, ${proposer.silences} silences so far`);
  }, 240_000);
  stop = true;
  await traffic;
  const last = Math.max(...(await Promise.all(network.validators.slice(0, 3).map((one) => one.height())))) + 3;
  await network.reach(last);
  blocks = await executeHistory(network.validator(0), network.appState);
}, 300_000);

afterAll(() => (network as ValidatorNetwork | undefined)?.close());

const everything = (): Map<string, number> =>
  new Map(blocks.flatMap(({txs, codes}) => txs.map((tx, i) => [txName(tx), codes[i] ?? -1] as const)).toReversed());

test('every attack was made', () => {
  expect(proposer.tried.map(({attack}) => attack.name).toSorted()).toEqual(ATTACKS.map(({name}) => name).toSorted());
});

test.each(ATTACKS.filter(({outcome}) => outcome === 'refused').map(({name}) => name))('%s: no block has it', (name) => {
  const {txs} = proposer.tried.find(({attack}) => attack.name === name) ?? {txs: []};
  const decided = everything();
  expect(txs.length).toBeGreaterThan(0);
  expect(txs.filter((tx) => decided.has(txName(tx)))).toEqual([]);
});

test.each(ATTACKS.filter(({outcome}) => outcome === 'executed').map(({name}) => name))(
  '%s: a block of the Byzantine proposer, in which only what is good holds',
  (name) => {
    const found = proposer.tried.find(({attack}) => attack.name === name);
    const block = blocks.find(({height}) => BigInt(height) === found?.height);
    if (found === undefined || block === undefined) throw new Error('the proposal was not decided');
    expect(block.txs.map(txName)).toEqual(found.txs.map(txName));
    const seen = new Set(blocks.filter(({height}) => height < block.height).flatMap(({txs}) => txs.map(txName)));
    const wanted = found.attack.codes?.(block.txs.map((tx) => !seen.has(txName(tx))));
    block.codes.forEach((code, i) => wanted && expect([i, wanted[i]]).toEqual([i, expect.arrayContaining([code])]));
  },
);

test('every honest transaction is in a block with code 0', () => {
  const decided = everything();
  expect(sent.length).toBeGreaterThan(20);
  expect(sent.filter((tx) => decided.get(txName(tx)) !== 0)).toEqual([]);
});

test('honest validators have one history, no error and no stop', async () => {
  const honest = network.validators.slice(0, 3);
  const height = (blocks.at(-1) as DecidedBlock).height;
  expect(await blockHashes(honest, height)).toHaveProperty('size', 1);
  for (const {output} of honest) expect(output).not.toMatch(/"level":"(error|fatal)"/);
});

test('every validator was asked what the ABCI grammar allows', () => {
  expect(network.grammarBreaches()).toEqual([]);
});

test('the second client says the same of the whole history', async () => {
  expect(await network.secondClientsWord(network.validator(1))).toEqual({passed: 6, failed: 0});
}, 300_000);
