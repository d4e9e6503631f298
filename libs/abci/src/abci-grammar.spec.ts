import {callsInLog, grammarBreaches} from '../testing/index.js';

/** `connected info initChain finalizeBlock:1 commit` as calls. */
const read = (text: string): string[] =>
  grammarBreaches(
    text.split(' ').map((word) => {
      const [method = '', height] = word.split(':');
      return height === undefined ? {method} : {method, height: BigInt(height)};
    }),
  );
const CLEAN = 'connected info initChain';
const ONE = `${CLEAN} processProposal:1 finalizeBlock:1 commit`;

test.each([
  ['a clean start', ONE],
  ['a clean start without Info, as the grammar has it', 'connected initChain finalizeBlock:1 commit'],
  ['another initial height', `${CLEAN} finalizeBlock:7 commit finalizeBlock:8 commit`],
  [
    'rounds of every form',
    `${CLEAN} prepareProposal:1 processProposal:1 prepareProposal:1 processProposal:1 processProposal:1 finalizeBlock:1`,
  ],
  ['heights that were decided elsewhere', `${ONE} finalizeBlock:2 commit finalizeBlock:3 commit`],
  [
    'Info and snapshots that somebody asks for',
    `${ONE} info processProposal:2 info finalizeBlock:2 info listSnapshots commit loadSnapshotChunk`,
  ],
  [
    'state sync, at the second attempt',
    `${CLEAN} offerSnapshot applySnapshotChunk offerSnapshot applySnapshotChunk applySnapshotChunk info finalizeBlock:90 commit`,
  ],
  ['CometBFT dies before the first block', `${CLEAN} finalizeBlock:1 ${ONE}`],
  ['CometBFT dies between FinalizeBlock and Commit', `${ONE} finalizeBlock:2 connected info finalizeBlock:2 commit`],
  ['CometBFT dies after Commit', `${ONE} connected info processProposal:2 finalizeBlock:2 commit`],
  [
    'the ledger dies in Commit, and the block is lost',
    `${ONE} finalizeBlock:2 commit connected info finalizeBlock:2 commit`,
  ],
  ['the ledger dies in its first Commit', `${ONE} connected info initChain finalizeBlock:1 commit`],
])('%s is a word of the grammar', (_name, text) => {
  expect(read(text)).toEqual([]);
});

test.each([
  ['a call before CometBFT is there', 'info', 'call 0, info: not after away'],
  ['a block without a handshake', 'connected finalizeBlock:1', 'not after connected'],
  ['a proposal without a handshake', 'connected prepareProposal:1', 'not after connected'],
  ['InitChain twice', `${CLEAN} initChain`, 'not after begun'],
  ['InitChain in the middle', `${ONE} initChain`, 'not after height'],
  [
    'InitChain after a restart of a chain that has begun',
    `${ONE} finalizeBlock:2 connected info initChain`,
    'block 1 is committed',
  ],
  ['Commit without FinalizeBlock', `${CLEAN} commit`, 'not after begun'],
  ['Commit twice', `${ONE} commit`, 'not after height'],
  ['FinalizeBlock twice', `${CLEAN} finalizeBlock:1 finalizeBlock:1`, 'not after decided'],
  ['a proposal between FinalizeBlock and Commit', `${CLEAN} finalizeBlock:1 processProposal:2`, 'not after decided'],
  ['a height left out', `${ONE} finalizeBlock:3`, 'call 6, finalizeBlock of 3: height 2 is next'],
  ['a height again', `${ONE} processProposal:1`, 'height 2 is next'],
  ['a proposal of another height', `${ONE} processProposal:2 finalizeBlock:3`, 'height 2 is next'],
  ['a height left out by a restart', `${ONE} processProposal:2 connected info finalizeBlock:3`, 'height 2 is next'],
  [
    'a height that was surely committed, again',
    `${ONE} processProposal:2 connected info finalizeBlock:1`,
    'height 2 is next',
  ],
  ['a chunk that nobody offered', `${CLEAN} applySnapshotChunk`, 'not after begun'],
  ['an offer in the middle of a chain', `${ONE} offerSnapshot`, 'not after height'],
  ['blocks in the middle of state sync', `${CLEAN} offerSnapshot finalizeBlock:1`, 'not after offered'],
  [
    'blocks after state sync that nobody looked at',
    `${CLEAN} offerSnapshot applySnapshotChunk finalizeBlock:9`,
    'not after applied',
  ],
  ['a vote extension', `${CLEAN} processProposal:1 extendVote:1`, 'not after height'],
  ['a vote extension of another', `${CLEAN} verifyVoteExtension:1`, 'not after begun'],
  ['a call that names no height', `${CLEAN} finalizeBlock`, 'it names no height'],
])('%s is none', (_name, text, why) => {
  expect(read(text)).toEqual([expect.stringContaining(why)]);
});

test('calls are read from a log among other lines', () => {
  const log = [
    '{"level":"info","msg":"listening for CometBFT"}',
    '{"level":"debug","method":"connected","msg":"ABCI call"}',
    'not JSON',
    '{"level":"debug","method":"finalizeBlock","height":"12","msg":"ABCI call"}',
    '',
  ];
  expect(callsInLog(log.join('\n'))).toEqual([{method: 'connected'}, {method: 'finalizeBlock', height: 12n}]);
});
