import {jest} from '@jest/globals';
import {Opened} from './opened.js';

describe('what a start has opened', () => {
  const closed: string[] = [];
  const note = (name: string): void => void closed.push(name);
  beforeEach(() => {
    closed.length = 0;
  });

  it('is closed last opened first, one after the other, once', async () => {
    const opened = new Opened();
    expect(opened.add('database', note)).toBe('database');
    opened.add('server', async (name) => {
      await Promise.resolve();
      note(name);
    });
    await Promise.all([opened.close(), opened.close()]);
    expect(closed).toEqual(['server', 'database']);
  });

  it('is closed to the end when one of it fails, and tells', async () => {
    const opened = new Opened();
    opened.add('database', note);
    opened.add('server', () => Promise.reject(new Error('broken')));
    await expect(opened.close()).rejects.toThrow('broken');
    expect(closed).toEqual(['database']);
  });

  it('tells of several failures together', async () => {
    const opened = new Opened();
    for (const name of ['a', 'b']) opened.add(name, () => Promise.reject(new Error(name)));
    await expect(opened.close()).rejects.toMatchObject({errors: [{message: 'b'}, {message: 'a'}]});
  });

  it('is left after five seconds by a start that failed, whatever hangs or throws', async () => {
    jest.useFakeTimers();
    try {
      const opened = new Opened();
      opened.add('hangs', () => new Promise(() => undefined));
      opened.add('throws', () => Promise.reject(new Error('broken')));
      opened.add('closes', note);
      const left = opened.abandon();
      await jest.advanceTimersByTimeAsync(5_000);
      await left;
      expect(closed).toEqual(['closes']);
    } finally {
      jest.useRealTimers();
    }
  });
});
