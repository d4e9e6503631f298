import {observe} from '@vitalvault/process';
import type {BlockFollower} from './block-follower.js';

/** Tells how far a follower is, and how old that is. */
export function watchFollowing(follower: Pick<BlockFollower, 'newest' | 'silentMs'>): void {
  observe('vitalvault.follower.height', () => follower.newest?.height);
  observe('vitalvault.follower.block_age', () => {
    const {newest, silentMs} = follower;
    // One that has followed none since its start would tell nothing, and be missed by nobody.
    return newest === undefined ? silentMs / 1_000 : Math.max(0, Date.now() / 1_000 - Number(newest.timeSeconds));
  });
}
