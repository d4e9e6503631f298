import {PeerTurns} from './peer-turns.js';
import type {BlockPeer} from './ports.js';

const peers = [0, 1, 2].map((index): BlockPeer => ({index, blockGet: () => Promise.reject(new Error('not asked'))}));
const [first, second] = peers as [BlockPeer, BlockPeer];

describe('PeerTurns', () => {
  const order = (turns: PeerTurns, nowMs: number): number[] => turns.inTurn(nowMs).map(({index}) => index);

  it('asks as configured, and who was slow last, for ten seconds', () => {
    const turns = new PeerTurns(peers);
    expect(order(turns, 0)).toEqual([0, 1, 2]);
    turns.slow(first, 0);
    turns.slow(second, 5_000);
    expect(order(turns, 9_999)).toEqual([2, 0, 1]);
    turns.answered(second);
    expect(order(turns, 9_999)).toEqual([1, 2, 0]);
  });

  it('lets one reading try a peer whose rest is over, until that has answered', () => {
    const turns = new PeerTurns(peers);
    turns.slow(first, 0);
    expect(order(turns, 10_000)).toEqual([0, 1, 2]);
    expect(order(turns, 10_001)).toEqual([1, 2, 0]);
    turns.answered(first);
    expect(order(turns, 10_002)).toEqual([0, 1, 2]);
  });
});
