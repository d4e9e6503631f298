import {observe} from '@vitalvault/process';
import type {BlockFollower} from './block-follower.js';

/** Tells how far a follower is, and how old that is. */
export function watchFollowing(follower: Pick<BlockFollower, 'newest'>): void {
  observe('vitalvault.follower.height', () => follower.newest?.height);
  observe('vitalvault.follower.block_age', () => {
    const {newest} = follower;
    return newest && Math.max(0, Date.now() / 1_000 - Number(newest.timeSeconds));
  });
}
