import type {Commit, Timestamp} from './light-block.js';
import {blockIdBytes, timestampBytes, Wire} from './wire.js';

const PRECOMMIT = 2n;

/**
 * What a validator signs when it precommits the commit's block at `time`: a CanonicalVote with its length before it.
 * @spec CometBFT 0.38, spec/core/data_structures.md#canonicalvote
 */
export function voteSignBytes(
  chainId: string,
  commit: Pick<Commit, 'height' | 'round' | 'blockId'>,
  time: Timestamp,
): Uint8Array {
  return new Wire()
    .varint(1, PRECOMMIT)
    .sfixed64(2, commit.height)
    .sfixed64(3, BigInt(commit.round))
    .message(4, blockIdBytes(commit.blockId))
    .message(5, timestampBytes(time))
    .text(6, chainId)
    .finishDelimited();
}
