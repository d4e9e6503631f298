import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startAbciServer} from '@vitalvault/abci';
import type {AbciApplication, AbciCall, AbciServer} from '@vitalvault/abci';
import {cometBinary, CometNode, genesisJson, grammarBreaches} from '@vitalvault/abci/testing';
import {LIMITS, toHex} from '@vitalvault/contracts';
import {
  enrolPatient,
  PEOPLE,
  REMEMBERING_PORTS,
  revokeGrant,
  signedTx,
  testGenesis,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import type {TxMessage} from '@vitalvault/contracts';
import {eventually} from '@vitalvault/testkit';
import {createApplication} from '../src/application.js';
import {LedgerSpans} from '../src/ledger-spans.js';
import {Ledger} from '../src/ledger.js';
import {LedgerStore} from '../src/store/ledger-store.js';

const CHAIN = 'fail-points';
/** `FAIL_TEST_INDEX` counts CometBFT's fail points from its start: two blocks have passed most of them. */
const LAST_POINT = Number(process.env.FAIL_POINTS ?? 15);
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
const {patient, recovery} = PEOPLE;
const {sponsor} = testOrganisation('hospital');

/** What FinalizeBlock was asked and answered, at each height, every time that it was. */
const executed = new Map<bigint, Set<string>>();
const replays: bigint[] = [];
const fatal: Error[] = [];
const calls: AbciCall[] = [];

let dir: string;
let comet: CometNode;
let genesis: string;
let store: LedgerStore;
let server: AbciServer;

/** The ledger, in whose blocks there is always something that changes the state. */
function busy(ledger: Ledger): AbciApplication {
  const application = createApplication(ledger, new LedgerSpans());
  return {
    ...application,
    prepareProposal: (request) => ({txs: [txAt(request.height)]}),
    finalizeBlock: async (request) => {
      const answer = await application.finalizeBlock(request);
      const known = executed.get(request.height) ?? new Set();
      if (known.size > 0) replays.push(request.height);
      executed.set(
        request.height,
        known.add(JSON.stringify([toHex(answer.appHash as Uint8Array), answer.txResults?.map(({code}) => code)])),
      );
      return answer;
    },
  };
}

function txAt(height: bigint): Uint8Array {
  const [message, signers]: [TxMessage, TestKey[]] =
    height === 1n
      ? [enrolPatient(patient, recovery), [sponsor, patient, recovery]]
      : [revokeGrant(patient.id), [patient]];
  return signedTx({
    message,
    signers,
    chainId: CHAIN,
    nonce: height,
    expiresAtHeight: height + 1_000n,
    expiresAtTime: BigInt(Math.floor(Date.now() / 1_000) + 3_600),
  });
}

async function startLedger(): Promise<void> {
  const opened = LedgerStore.open({dir: join(dir, 'state'), snapshotBlocks: 3, snapshotRemainder: 0});
  store = opened.store;
  server = await startAbciServer({
    socketPath: join(dir, 'app.sock'),
    application: busy(new Ledger(store, opened.recovered, REMEMBERING_PORTS.verify)),
    log,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal: (error) => {
      fatal.push(error);
    },
    onCall: (call) => {
      calls.push(call);
    },
  });
}

async function stopLedger(): Promise<void> {
  await server.close();
  await store.close();
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-fail-'));
  comet = await CometNode.create({
    binary: await cometBinary(),
    home: join(dir, 'comet'),
    socketPath: join(dir, 'app.sock'),
    timeoutCommitMs: 20,
  });
  genesis = genesisJson(CHAIN, testGenesis(['hospital'], undefined, [comet.publicKey]), LIMITS.cometBlockBytes);
  await startLedger();
});
afterAll(async () => {
  await comet.stop('SIGKILL');
  await stopLedger();
  await rm(dir, {recursive: true, force: true});
});

const appHashAt = async (height: bigint): Promise<string> => {
  const answer = (await (await fetch(`${comet.rpcUrl}/commit?height=${String(height)}`)).json()) as {
    result: {signed_header: {header: {app_hash: string}}};
  };
  return answer.result.signed_header.header.app_hash.toLowerCase();
};

test('CometBFT dies at each of its fail points, the ledger every other time: the chain goes on with the same app hashes', async () => {
  let died = 0;
  for (let point = 0; point <= LAST_POINT; point++) {
    await comet.start(genesis, [], {FAIL_TEST_INDEX: String(point)}).catch(() => undefined);
    expect(await comet.ended()).toBe(1);
    died++;
    if (point % 2 === 1) {
      await stopLedger();
      await startLedger();
    }
  }
  expect(await readFile(join(dir, 'comet/cometbft.log'), 'utf8')).toContain(`*** fail-test ${String(LAST_POINT)} ***`);
  const before = BigInt(Math.max(...[...executed.keys()].map(Number)));
  await comet.start(genesis);
  await eventually(() => {
    expect(executed.has(before + 4n)).toBe(true);
  }, 20_000);
  const last = before + 3n;
  for (let height = 1n; height < last; height++) {
    const [found, ...others] = [...(executed.get(height) ?? [])];
    expect([height, found, others]).toEqual([height, JSON.stringify([await appHashAt(height + 1n), [0]]), []]);
  }
  process.stdout.write(`${died} fail points, ${replays.length} blocks executed again, ${last} blocks in all\n`);
  expect(replays.length).toBeGreaterThan(0);
  expect(fatal).toEqual([]);
  // Over every crash, of either side.
  expect(grammarBreaches(calls)).toEqual([]);
  expect(calls.filter(({method}) => method === 'connected').length).toBeGreaterThan(LAST_POINT);
}, 120_000);
