import {ProgressBar, barLine} from './progress-bar.js';

const shown = (interactive: boolean, steps: [number, number][]) => {
  const out: string[] = [];
  const bar = new ProgressBar({write: (text) => out.push(text), interactive, indent: ''});
  for (const [done, total] of steps) bar.show(done, total, 'batches');
  return out;
};

describe('progress bar', () => {
  it('fills up', () => {
    expect(barLine(0, 8, 'x')).toMatch(/^\[\.{32}\] 0\/8 x$/);
    expect(barLine(4, 8, 'x')).toMatch(/^\[#{16}\.{16}\] 4\/8 x$/);
    expect(barLine(0, 0, 'x')).toMatch(/^\[#{32}\]/);
  });

  it('moves in one line on a terminal', () => {
    const out = shown(true, [
      [1, 2],
      [2, 2],
    ]);
    expect(out.every((text) => text.startsWith('\r'))).toBe(true);
    expect(out.map((text) => text.endsWith('\n'))).toEqual([false, true]);
  });

  it('is a plain line at every quarter elsewhere', () => {
    const out = shown(
      false,
      Array.from({length: 101}, (_, i) => [i, 100]),
    );
    expect(out).toHaveLength(4);
    expect(out.join('')).not.toMatch(/\r|\u001b/);
  });
});
