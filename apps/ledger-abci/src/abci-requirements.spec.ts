import {jest} from '@jest/globals';
import {ProposalStatus, startAbciServer} from '@vitalvault/abci';
import type {RequestCheckTx, RequestPrepareProposal, RequestProcessProposal} from '@vitalvault/abci';
import {AbciConnection} from '@vitalvault/abci/testing';
import {CODE, LIMITS, toHex} from '@vitalvault/contracts';
import {cometConfig} from '@vitalvault/engine-config';
import {sizeInBlock} from '@vitalvault/ledger-state';
import {PEOPLE, requestAccess, testKey} from '@vitalvault/ledger-state/testing';
import {join} from 'node:path';
import {MixedBag} from '../test/mixed-bag.js';
import {blockRequest, initChainRequest, openLedger, scratchDir} from '../test/scratch-ledger.js';
import type {RunningLedger} from '../test/scratch-ledger.js';

/**
 * What CometBFT expects of an application, requirement by requirement, with the words of each in short.
 * @spec CometBFT 0.38 spec/abci/abci++_app_requirements.md
 */
const named = new Set<number>();
function requirement(n: number, words: string, run: () => Promise<void>): void {
  named.add(n);
  test(`ABCI requirement ${n}, ${words}`, run, 60_000);
}

const SEED = process.env.ABCI_SEED ?? 'requirements-1';
const EVERY = Array.from({length: 13}, (_, i) => i + 1);
const BLOCKS = 16;

let root: ReturnType<typeof scratchDir>;
let bag: MixedBag;
let [p, q]: RunningLedger[] = [];
const open = (name: string): Promise<RunningLedger> => openLedger(join(root.path, name), {snapshotBlocks: 7});
beforeEach(async () => {
  root = scratchDir();
  bag = new MixedBag(SEED);
  [p, q] = [await open('p'), await open('q')];
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const node of [p, q]) await node?.close();
  root.remove();
});

const at = (node: RunningLedger | undefined): RunningLedger => {
  if (node === undefined) throw new Error('no such process');
  return node;
};
const check = async (node: RunningLedger, tx: Uint8Array): Promise<number> =>
  (await node.application.checkTx({tx, type: 0} as RequestCheckTx)).code ?? 0;
const prepare = async (node: RunningLedger, txs: Uint8Array[], maxTxBytes = BigInt(LIMITS.cometBlockBytes)) =>
  (await node.application.prepareProposal({txs, maxTxBytes} as RequestPrepareProposal)).txs as Uint8Array[];
const accepts = async (node: RunningLedger, txs: readonly Uint8Array[]): Promise<boolean> =>
  (await node.application.processProposal({txs} as RequestProcessProposal)).status === ProposalStatus.ACCEPT;
const size = (txs: readonly Uint8Array[]): number => txs.reduce((sum, tx) => sum + sizeInBlock(tx.length), 0);
/** The process is killed and begins again, with nothing but what is durable. */
const restart = async (node: RunningLedger, name: string): Promise<RunningLedger> => {
  await node.close();
  return open(name);
};

requirement(1, 'timeliness: PrepareProposal executes nothing, and is far within TimeoutPropose', async () => {
  const node = at(p);
  const keys = Array.from({length: 12}, (_, i) => testKey(`asker ${i}`));
  const pool = keys.flatMap((key) =>
    Array.from({length: 25}, () => bag.maker.tx(requestAccess(PEOPLE.patient.id), [key])),
  );
  // They were in CheckTx, as all that lies in a pool.
  for (const tx of pool) await check(node, tx);
  const execute = jest.spyOn(node.ledger, 'execute');
  const began = performance.now();
  expect(await prepare(node, pool)).toHaveLength(pool.length);
  const milliseconds = performance.now() - began;
  const config = cometConfig({
    moniker: 'p',
    abciSocket: 'p.sock',
    p2p: '127.0.0.1:1',
    rpc: '127.0.0.1:2',
    externalAddress: '',
    peers: [],
    doubleSignCheckHeight: 0,
  });
  const seconds = Number(/^timeout_propose = "(\d+)s"$/m.exec(config)?.[1]);
  process.stdout.write(`PrepareProposal of ${pool.length}: ${milliseconds.toFixed(0)} ms of ${seconds} s\n`);
  expect(execute).not.toHaveBeenCalled();
  expect(milliseconds).toBeLessThan(seconds * 1_000);
});

requirement(2, 'tx-size: what is proposed is never more than max_tx_bytes', async () => {
  for (let round = 0; round < 25; round++) {
    const txs = bag.row(16);
    const most = bag.below(size(txs) + 200);
    expect(size(await prepare(at(p), txs, BigInt(most)))).toBeLessThanOrEqual(most);
  }
});

requirement(3, 'coherence: whatever one process prepares, another accepts', async () => {
  await at(p).block(bag.begin());
  await at(q).block(bag.begin());
  let proposed = 0;
  for (let round = 0; round < 25; round++) {
    const txs = bag.row(16);
    // p saw some of them before, q none.
    for (const tx of txs.slice(0, bag.below(txs.length + 1))) await check(at(p), tx);
    const proposal = await prepare(at(p), txs, BigInt(bag.below(6_000)));
    proposed += proposal.length;
    expect(await accepts(at(q), proposal)).toBe(true);
  }
  expect(proposed).toBeGreaterThan(40);
});

requirement(4, 'ProcessProposal is a function of the state and the block alone', async () => {
  await at(p).block(bag.begin());
  const rows = Array.from({length: 25}, () => bag.row());
  const judge = () => Promise.all(rows.map((txs) => accepts(at(p), txs)));
  const first = await judge();
  expect(new Set(first)).toEqual(new Set([true, false]));
  // Its pool, its caches, a proposal in work, a block executed and not committed, the hour, a new process.
  for (const tx of rows.flat()) await check(at(p), tx);
  for (const txs of rows.slice(0, 5)) await prepare(at(p), txs);
  await at(p).application.finalizeBlock(blockRequest(2n, rows[3] ?? []));
  expect(await judge()).toEqual(first);
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  expect(await judge()).toEqual(first);
  jest.restoreAllMocks();
  p = await restart(at(p), 'p');
  expect(await judge()).toEqual(first);
});

requirement(5, 'ProcessProposal: one process accepts what another accepts', async () => {
  for (const node of [p, q]) await at(node).block([]);
  for (let round = 0; round < 25; round++) {
    const txs = bag.row();
    for (const tx of txs) if (bag.below(2) === 0) await check(at(p), tx);
    expect(await accepts(at(p), txs)).toBe(await accepts(at(q), txs));
  }
});

// Vote extensions are not used: they would carry data of a validator past the state, and nothing here needs them.
for (const [n, method] of [
  [6, 'extendVote'],
  [7, 'verifyVoteExtension'],
] as const)
  requirement(
    n,
    `does not apply: ${method} is not used; who asks for it gets no answer, and the process stops`,
    async () => {
      const fatal: string[] = [];
      const socketPath = join(root.path, 'p.sock');
      const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
      const server = await startAbciServer({
        socketPath,
        application: at(p).application,
        log: quiet,
        maxMessageBytes: LIMITS.abciMessageBytes,
        onFatal: ({message}) => fatal.push(message),
      });
      const connection = await AbciConnection.open(socketPath);
      await expect(connection.ask({case: method, value: {height: 1n}})).rejects.toThrow('closed without an answer');
      expect(fatal).toEqual([`${method} was asked for, but vote extensions must be disabled`]);
      connection.close();
      await server.close();
    },
  );

requirement(8, 'does not apply: no chain of ours can switch vote extensions on', async () => {
  const {consensusParams, ...others} = initChainRequest();
  const abci = {voteExtensionsEnableHeight: 1n};
  const asked = {...others, consensusParams: {...consensusParams, abci}} as never;
  const node = await open('none');
  expect(() => node.application.initChain(asked)).toThrow('vote_extensions_enable_height is 1 and must be 0');
  // Nor does any answer change consensus parameters.
  expect(await node.application.initChain(initChainRequest())).not.toHaveProperty('consensusParams');
  expect(await node.application.finalizeBlock(blockRequest(1n, bag.begin()))).not.toHaveProperty(
    'consensusParamUpdates',
  );
  await node.close();
});

requirement(9, 'no side effects: proposals prepared and judged change nothing of the state', async () => {
  for (const node of [p, q]) await at(node).block([]);
  for (let round = 0; round < BLOCKS; round++) {
    const [txs, others] = [round === 0 ? bag.begin() : bag.row(), bag.row()];
    const before = toHex(at(p).ledger.state.tree.root);
    const proposal = await prepare(at(p), [...txs, ...others]);
    await accepts(at(p), proposal);
    await accepts(at(p), others);
    expect(toHex(at(p).ledger.state.tree.root)).toBe(before);
    expect(toHex(await at(p).block(txs))).toBe(toHex(await at(q).block(txs)));
  }
});

requirement(10, 'FinalizeBlock depends on no vote extension, nor on any vote', async () => {
  const txs = bag.begin();
  const votes = [{validator: {address: new Uint8Array(20), power: 9n}, blockIdFlag: 2, voteExtension: txs[0]}];
  const bare = await at(p).application.finalizeBlock(blockRequest(1n, txs));
  const voted = {...blockRequest(1n, txs), decidedLastCommit: {round: 4, votes}} as never;
  expect(await at(q).application.finalizeBlock(voted)).toEqual(bare);
});

for (const [n, words] of [
  [11, 'FinalizeBlock: the next state is a function of the state and the block alone'],
  [12, 'FinalizeBlock: so are the results of its transactions'],
] as const)
  requirement(n, words, async () => {
    for (let height = 1n; height <= BigInt(BLOCKS); height++) {
      const txs = height === 1n ? bag.begin() : bag.row();
      // q sees nothing but blocks; p everything else that can come before one.
      for (const tx of [...bag.row(4), ...txs]) await check(at(p), tx);
      await accepts(at(p), await prepare(at(p), [...txs, ...bag.row(4)]));
      if (bag.below(3) === 0) await at(p).application.finalizeBlock(blockRequest(height, bag.row()));
      if (bag.below(5) === 0) p = await restart(at(p), 'p');
      const request = blockRequest(height, txs);
      // Their clocks are up to an hour apart.
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() - bag.below(3_600) * 1_000);
      const ours = await at(p).application.finalizeBlock(request);
      jest.restoreAllMocks();
      const theirs = await at(q).application.finalizeBlock(request);
      if (n === 11) expect([height, toHex(ours.appHash as never)]).toEqual([height, toHex(theirs.appHash as never)]);
      else expect([height, ours.txResults]).toEqual([height, theirs.txResults]);
      for (const node of [p, q]) {
        await at(node).application.commit({} as never);
      }
    }
  });

requirement(13, 'CheckTx stops to waver: a transaction ends, and after its end every process refuses it', async () => {
  const txs = [...bag.begin(), ...bag.row(20)];
  const ends = 12n;
  const mortal = Array.from({length: 5}, (_, i) =>
    bag.maker.tx(requestAccess(PEOPLE.patient.id), [PEOPLE.patient], {nonce: 900n + BigInt(i), expiresAtHeight: ends}),
  );
  for (let height = 1n; height <= ends + 3n; height++) {
    for (const node of [p, q]) {
      // One of the two knows them from before, and each its own.
      for (const tx of txs.slice(0, bag.below(4))) await check(at(node), tx);
      for (const tx of mortal) {
        const codes = [await check(at(node), tx), await check(at(node), tx)];
        if (height > ends) expect([height, ...codes]).toEqual([height, CODE.expired, CODE.expired]);
      }
      await at(node).block(height === 1n ? bag.begin() : []);
    }
  }
  // None outlives the protocol's bound, so that each has such an end.
  const immortal = {expiresAtHeight: 2n ** 63n, nonce: 990n};
  expect(await check(at(p), bag.maker.tx(requestAccess(PEOPLE.patient.id), [PEOPLE.patient], immortal))).toBe(
    CODE.expiryTooFar,
  );
});

test('every requirement of the specification has a test that is named for it', () => {
  expect([...named].sort((a, b) => a - b)).toEqual(EVERY);
});
