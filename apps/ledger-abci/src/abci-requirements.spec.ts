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
import {wholeState} from '../test/whole-state.js';

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

/** Asks over the socket, as CometBFT does. @returns why the process stopped */
async function askedOverSocket(method: 'extendVote' | 'verifyVoteExtension'): Promise<string[]> {
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
  try {
    await expect(connection.ask({case: method, value: {height: 1n}})).rejects.toThrow('closed without an answer');
    return fatal;
  } finally {
    connection.close();
    await server.close();
  }
}

// Vote extensions are not used: they would carry data of a validator past the state, and nothing here needs them.
// Red with: extendVote answers a random byte · either one is answered with an ABCI exception, and the process goes on.
requirement(6, 'does not apply: no extension is made that another could refuse, the process stops', async () => {
  expect(await askedOverSocket('extendVote')).toEqual([
    'extendVote was asked for, but vote extensions must be disabled',
  ]);
});

// Red with: verifyVoteExtension accepts by chance · it accepts always.
requirement(7, 'does not apply: no extension is judged, the process stops', async () => {
  expect(await askedOverSocket('verifyVoteExtension')).toEqual([
    'verifyVoteExtension was asked for, but vote extensions must be disabled',
  ]);
});

// Red with: a genesis that may enable them · one that only height 1 is refused of · InitChain that answers with
// parameters which enable them · FinalizeBlock that does, in each block · in the fifth alone.
requirement(8, 'does not apply: no chain of ours can switch vote extensions on', async () => {
  const {consensusParams, ...others} = initChainRequest();
  const node = await open('none');
  for (const height of [1n, 2n, 1_000_000n, 2n ** 63n - 1n]) {
    const abci = {voteExtensionsEnableHeight: height};
    const asked = {...others, consensusParams: {...consensusParams, abci}} as never;
    expect(() => node.application.initChain(asked)).toThrow(`vote_extensions_enable_height is ${height} and must be 0`);
  }
  // Nor does any answer change consensus parameters.
  expect(await node.application.initChain(initChainRequest())).not.toHaveProperty('consensusParams');
  for (let height = 1n; height <= BigInt(BLOCKS); height++) {
    const answer = await node.application.finalizeBlock(blockRequest(height, height === 1n ? bag.begin() : bag.row()));
    expect(answer).not.toHaveProperty('consensusParamUpdates');
    await node.commit();
  }
  await node.close();
});

// Red with: PrepareProposal that executes and makes it current · that sets a value beside the tree · that changes the
// bytes of one in its place · that writes a record to the disk; ProcessProposal that commits something staged · that
// appends a leaf in memory · that moves the time of the last block.
requirement(9, 'no side effects: proposals prepared and judged change nothing of the state', async () => {
  for (const node of [p, q]) await at(node).block([]);
  for (let round = 0; round < BLOCKS; round++) {
    const [txs, others] = [round === 0 ? bag.begin() : bag.row(), bag.row()];
    const before = wholeState(at(p));
    const proposal = await prepare(at(p), [...txs, ...others]);
    await accepts(at(p), proposal);
    await accepts(at(p), others);
    expect(wholeState(at(p))).toEqual(before);
    expect(toHex(await at(p).block(txs))).toBe(toHex(await at(q).block(txs)));
  }
  p = await restart(at(p), 'p');
  expect(wholeState(p)).toEqual(wholeState(at(q)));
});

/** Votes on the block before, with what no validator of ours adds to them. */
function votes(): {round: number; votes: object[]} {
  const bytes = (length: number): Uint8Array => Uint8Array.from({length}, () => bag.below(256));
  const vote = () => ({
    validator: {address: bytes(20), power: BigInt(1 + bag.below(9))},
    blockIdFlag: 1 + bag.below(3),
    voteExtension: bytes(bag.below(40)),
    extensionSignature: bytes(64),
  });
  return {round: bag.below(5), votes: Array.from({length: 1 + bag.below(4)}, vote)};
}

// Red with: the block's time moved by the round of the votes · by an extension that PrepareProposal was shown · by the
// votes that ProcessProposal was shown · by those of the block before; FinalizeBlock that puts a vote beside the tree.
requirement(10, 'FinalizeBlock depends on no vote extension, nor on any vote', async () => {
  for (let height = 1n; height <= BigInt(BLOCKS); height++) {
    const txs = height === 1n ? bag.begin() : bag.row();
    // q is never shown a vote.
    const {application} = at(p);
    const shown = {txs, maxTxBytes: BigInt(LIMITS.cometBlockBytes), localLastCommit: votes()};
    await application.prepareProposal(shown as never);
    await application.processProposal({txs, proposedLastCommit: votes()} as never);
    const voted = {...blockRequest(height, txs), decidedLastCommit: votes()} as never;
    expect(await application.finalizeBlock(voted)).toEqual(
      await at(q).application.finalizeBlock(blockRequest(height, txs)),
    );
    for (const node of [p, q]) await at(node).commit();
    expect(wholeState(at(p))).toEqual(wholeState(at(q)));
  }
});

// 11, red with: the block's time is the clock · is moved by it, up to a minute, or by how long the process runs · what
// was executed before and not committed stays · what is known from the pool is executed otherwise · a leaf that is
// hashed with the hour · a value beside the tree by chance · the record on the disk lacks what is current.
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
      // Their clocks are near the block's time, and up to an hour apart.
      const clock = jest.spyOn(Date, 'now').mockReturnValue(Number(request.time?.seconds) * 1_000);
      const theirs = await at(q).application.finalizeBlock(request);
      clock.mockReturnValue(Date.now() - bag.below(3_600_000));
      const ours = await at(p).application.finalizeBlock(request);
      if (n === 12) expect([height, ours.txResults]).toEqual([height, theirs.txResults]);
      for (const node of [p, q]) await at(node).commit();
      jest.restoreAllMocks();
      if (n === 11) expect(wholeState(at(p))).toEqual(wholeState(at(q)));
    }
    p = await restart(at(p), 'p');
    if (n === 11) expect(wholeState(p)).toEqual(wholeState(at(q)));
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
