import {describe, expect, it} from '@jest/globals';
import {overlap} from './bridge.js';

describe('two networks overlap', () => {
  it.each([
    ['10.197.0.0/24', '10.197.0.0/16', true],
    ['10.197.0.0/16', '10.197.1.0/24', true],
    ['10.197.0.7', '10.197.0.0/24', true],
    ['192.168.0.0/16', '192.169.0.0/16', false],
    ['10.197.2.0/24', '10.197.1.0/24', false],
    ['255.255.255.255', '255.255.255.0/24', true],
  ])('%s and %s: %p', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
  });
});
