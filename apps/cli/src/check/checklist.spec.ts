import {describe, expect, it} from '@jest/globals';
import {SdkError} from '@vitalvault/sdk';
import {CheckFailed, Checklist, expected} from './checklist.js';
import type {CheckedSentence} from './checklist.js';

describe('a checklist', () => {
  it('holds when every sentence does, and gives what the checks found out', async () => {
    const told: CheckedSentence[] = [];
    const list = new Checklist((checked) => {
      told.push(checked);
    });
    expect(await list.hold('one', () => Promise.resolve(1))).toBe(1);
    expect(list.holds).toBe(true);
    expect(told).toMatchObject([{sentence: 'one', holds: true}]);
  });

  it('holds nothing that was not checked', () => {
    expect(new Checklist().holds).toBe(false);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'an expectation',
      () =>
        Promise.resolve().then(() => {
          expected(false, 'permitted');
        }),
      'permitted',
    ],
    [
      'a service',
      () => Promise.reject(new SdkError('access-refused', {detail: 'no grant'})),
      'no grant (access-refused)',
    ],
    ['anything else', () => Promise.reject(new TypeError('broken')), 'broken (internal)'],
  ])('ends at a sentence that %s contradicts, and says what was the case', async (_, check, instead) => {
    const list = new Checklist();
    await list.hold('one', () => Promise.resolve());
    await expect(list.hold('two', check)).rejects.toThrow(CheckFailed);
    expect(list.holds).toBe(false);
    expect(list.sentences.at(-1)).toMatchObject({sentence: 'two', holds: false, instead});
  });
});
