import {describe, expect, it} from '@jest/globals';
import {dashboardPage} from './draw-dashboard.ts';
import type {Series} from './draw-dashboard.ts';
import type {Dashboard, Panel} from './panel.ts';
import {shownValue} from './shown-value.ts';

describe('a value', () => {
  it.each([
    [0.0042, 's', '4.2 ms'],
    [2.5, 's', '2.5 s'],
    [0, 's', '0'],
    [600, 's', '10 min'],
    [3 * 2 ** 20, 'bytes', '3 MiB'],
    [0.125, 'percentunit', '12.5 %'],
    [1, 'bool', 'yes'],
    [0, 'bool', 'no'],
    [12_345, 'short', '12.3 k'],
    [2, 'reqps', '2/s'],
    [NaN, 'ops', '–'],
  ] as const)('%p of %s is shown as %p', (value, unit, text) => {
    expect(shownValue(value, unit)).toBe(text);
  });
});

const panel = (title: string, more: Partial<Panel> = {}): Panel => ({
  title,
  description: 'd',
  unit: 's',
  queries: [],
  ...more,
});
const [curve, number, empty] = [
  panel('Time <of> a post'),
  panel('Ready', {shape: 'number', unit: 'bool'}),
  panel('No'),
];
const dashboard: Dashboard = {
  name: 'n',
  title: 'T',
  description: 'D.',
  rows: [{title: 'R', panels: [curve, number, empty]}],
};
const series: Series[] = [
  {
    legend: 'half',
    points: [
      [100, 0],
      [110, NaN],
      [120, 1],
      [130, 2],
    ],
  },
];
const values = new Map<Panel, readonly Series[]>([
  [curve, series],
  [number, [{legend: 'a', points: [[130, 1]]}]],
  [empty, [{legend: 'b', points: [[130, NaN]]}]],
]);
const page = dashboardPage(dashboard, values, {from: 100, to: 130}, 'Now.');

describe('a drawn dashboard', () => {
  it('has each panel with its title and the last value of its series', () => {
    expect(page).toContain('<b>Time &lt;of> a post</b>');
    expect(page).toContain('half 2 s');
    expect(page).toContain('<p>D. Now.</p>');
  });

  it('breaks a line where there was no value, and keeps it within its place', () => {
    const [, path = ''] = /<path d="(M[^"]*)" fill="none"/.exec(page) ?? [];
    expect(path).toMatch(/^M[\d.]+ [\d.]+M[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);
    const [first, , last] = path
      .split(/[ML]/)
      .slice(1)
      .map((point) => point.split(' ').map(Number));
    expect(first).toEqual([54, 150]);
    expect(last).toEqual([380, 6]);
  });

  it('shows a number large, and says where there is none', () => {
    expect(page).toContain('<div class="number"><div>yes</div></div>');
    expect(page.match(/no value/g)).toHaveLength(1);
  });
});
