import {describe, expect, it} from '@jest/globals';
import {mayGoOn, seedOf} from '../chaos/round-plan.js';

describe('rounds of chaos', () => {
  it('have seeds of their own, the first one what was asked for, and each plays its round again', () => {
    expect([0, 1, 2].map((round) => seedOf('7', round))).toEqual(['7', '7-1', '7-2']);
    expect(seedOf('7-2', 0)).toBe('7-2');
  });

  it('go on until the time is over, somebody ends them, or the third is red', () => {
    const going = {red: 2, ended: false, untilMs: 1_000};
    expect([mayGoOn(going, 999), mayGoOn(going, 1_000)]).toEqual([true, false]);
    expect([mayGoOn({...going, red: 3}, 0), mayGoOn({...going, ended: true}, 0)]).toEqual([false, false]);
  });
});
