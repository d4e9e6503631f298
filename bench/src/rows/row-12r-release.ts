import {STATE_KIND, encodeCanonical, toHex} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {PEOPLE, TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import {leafHash} from '@vitalvault/proofs';
import {createLogger, Standstill} from '@vitalvault/process';
import {CometProvenLedger} from '../../../apps/policy/src/adapters/ledger/comet-proven-ledger.js';
import {ChargeRelease} from '../../../apps/policy/src/application/charge-release.js';
import {ProofQuota} from '../../../apps/policy/src/application/proof-quota.js';
import {ProvenRelease} from '../../../apps/policy/src/application/proven-release.js';
import {ReleaseKeys} from '../../../apps/policy/src/application/release-keys.js';
import {MemoryReleaseRegister} from '../../../apps/policy/test/support/memory-release-register.js';
import {HOSPITAL, ReleaseWorld} from '../../../apps/policy/test/support/release-world.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const SECONDS = 'seconds';
const QUESTIONS = 'questions for proofs';
const RECORDS = 1_000;
const {patient} = PEOPLE;
const now = (): bigint => BigInt(Math.floor(Date.now() / 1_000));

/**
 * policy's part of a page: proofs of the ledger under signed headers, every check, and a thousand seals opened and
 * sealed again. The records lie scattered in the log, so that none shares a branch for free. The ledger answers in the
 * same process; the request's signature, notify and the database are not looked at.
 */
export const ROW_12R: Row = {
  number: '12r',
  title: 'release of 1,000 records out of a log of 10⁶ leaves, in policy',
  arms: [...arms('s', SECONDS), ...arms('questions', QUESTIONS)],
  claims: [
    {title: 'seconds', target: {atMost: 2}, of: (round) => round[SECONDS] ?? Infinity},
    {title: 'questions to the ledger', target: {atMost: 5}, of: (round) => round[QUESTIONS] ?? Infinity},
  ],
  rounds: {full: 7, quick: 2},
  nodeFlags: ['--max-old-space-size=4096'],
  setup: async ({quick, say}) => {
    const story = await new ReleaseWorld(now() - BigInt(RECORDS) - 300n).begin();
    const between = quick ? 20 : 1_000;
    say('anchoring records');
    const records: RecordToRelease[] = [];
    for (let i = 0; i < RECORDS; i += 1) {
      fill(story, between - 1);
      records.push(await story.record());
    }
    const release = releaseOf(story);
    let tx = '';
    let questions = 0;
    const proofs = story.chain.proofs.bind(story.chain);
    story.chain.proofs = (question) => {
      questions += 1;
      return proofs(question);
    };
    return {
      prepare: async () => {
        // A header must be fresh by the clock, and none may be ahead of it.
        story.chain.commit([], now() - story.chain.ledger.block.time - 2n);
        tx = await story.ask();
        questions = 0;
      },
      sample: async (arm) => {
        const began = performance.now();
        const question = {from: 'bench', txId: tx, signedRequest: new Uint8Array(), records, seenHeight: 0n};
        await release.execute({...question, gone: new AbortController().signal});
        return arm === SECONDS ? (performance.now() - began) / 1_000 : questions;
      },
    };
  },
};

/** So many leaves of others between: what counts is how long the log is. */
function fill({chain: {ledger}}: ReleaseWorld, count: number): void {
  const [kind, leaf] = [STATE_KIND.recordLog, new Uint8Array(200)];
  const hash = leafHash(leaf);
  let frontier = ledger.state.frontier(kind, patient.id);
  for (let i = 0; i < count; i += 1) frontier = frontier.append(hash);
  const value = encodeCanonical(LogHeadSchema, {size: frontier.size, root: frontier.root()});
  const leaves = Array.from({length: count}, () => ({kind, patient: patient.id, leaf}));
  ledger.appHash = ledger.state.apply([{kind, parts: [patient.id], value}], leaves as never);
}

function releaseOf({store, outcomes, chain}: ReleaseWorld): ReleaseKeys {
  const requests = {check: () => Promise.resolve()};
  const logger = createLogger({service: 'bench', level: 'error'});
  const [organisation, {id, privateKey}] = [toHex(HOSPITAL.id), HOSPITAL.release];
  return new ReleaseKeys(
    {chainId: TEST_CHAIN, organisation, releaseKeys: [{id, privateKey}], now: Date.now},
    {
      projection: store,
      outcomes,
      requests,
      follower: new Standstill({part: 'bench', logger}),
      charge: new ChargeRelease({now: Date.now}, {projection: store, requests, quota: new ProofQuota(Date.now)}),
      register: new MemoryReleaseRegister(),
      proven: new ProvenRelease({ledger: new CometProvenLedger({client: chain, trust: chain.validatorSet.trust})}),
      alerts: {queue: () => Promise.resolve()},
    },
  );
}
