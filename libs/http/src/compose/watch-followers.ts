import {observe} from '@vitalvault/process';
import type {Standstill} from '@vitalvault/process';

/** Tells the places at which each follower stands: 0 while it goes on. @returns ends the watch */
export const watchFollowers = (followers: readonly Standstill[]): (() => void) =>
  observe('vitalvault.follower.stopped', () =>
    followers.map(({part, places}) => ({labels: {part}, value: places.length})),
  );
