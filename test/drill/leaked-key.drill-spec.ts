import {ProposalStatus} from '@vitalvault/abci';
import {sha256Of, toHex} from '@vitalvault/contracts';
import {eventually} from '@vitalvault/testkit';
import {blockHashes, executeHistory} from './history.js';
import type {DecidedBlock} from './history.js';
import {ValidatorNetwork} from './validator-network.js';

/** Whose key leaked. */
const ROBBED = 3;
const NO_EVIDENCE = toHex(sha256Of(new Uint8Array(0)));

let network: ValidatorNetwork;
let blocks: readonly DecidedBlock[];

const guilty = (): readonly DecidedBlock[] => blocks.filter(({misbehaviour}) => misbehaviour.length > 0);

beforeAll(async () => {
  network = await ValidatorNetwork.start();
  await network.reach(3);
  // It votes against every block, and the robbed validator for it, in the same round with the same key.
  await network.startThief(ROBBED, () => ({processProposal: () => ({status: ProposalStatus.REJECT})}));
  await eventually(
    async () => {
      blocks = await executeHistory(network.validator(0), network.appState);
      if (guilty().length === 0) throw new Error(`no evidence in ${blocks.length} blocks`);
    },
    180_000,
    2_000,
  );
}, 300_000);

afterAll(() => (network as ValidatorNetwork | undefined)?.close());

test('two votes of one key in one round are recorded on the ledger, once, under the address of the key', () => {
  const address = sha256Of(network.validator(ROBBED).comet.publicKey).slice(0, 20);
  const recorded = guilty().flatMap(({misbehaviour}) => misbehaviour);
  expect(recorded.map((one) => toHex(one.address))).toEqual(recorded.map(() => toHex(address)));
  expect(new Set(recorded.map(({height, kind}) => `${height} ${kind}`)).size).toBe(recorded.length);
});

test('the block that records them is the one whose evidence hash covers them', () => {
  for (const {evidenceHash} of guilty()) expect(evidenceHash.toLowerCase()).not.toBe(NO_EVIDENCE);
  for (const {evidenceHash, misbehaviour} of blocks)
    if (evidenceHash.toLowerCase() === NO_EVIDENCE) expect(misbehaviour).toEqual([]);
});

test('the chain goes on, with one history', async () => {
  const height = (blocks.at(-1) as DecidedBlock).height;
  await network.reach(height + 5, network.validators.slice(0, 3), 60_000);
  expect(await blockHashes(network.validators.slice(0, 3), height)).toHaveProperty('size', 1);
});

test('every validator was asked what the ABCI grammar allows', () => {
  expect(network.grammarBreaches()).toEqual([]);
});

test('the second client says the same of the whole history', async () => {
  expect(await network.secondClientsWord(network.validator(0))).toEqual({passed: 6, failed: 0});
}, 300_000);
