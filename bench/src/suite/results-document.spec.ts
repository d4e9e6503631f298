import {figure, resultsDocument, spread} from './results-document.js';
import type {Results} from './results-document.js';

const summary = {median: 3.14159, q1: 3, q3: 3.5, min: 2, max: 4, samples: 5};
const results: Results = {
  machine: {
    cpu: 'a processor',
    cores: 2,
    memoryGiB: 24,
    freeGiB: 20,
    kernel: 'Linux 6',
    node: '24.0.0',
    go: 'go1.26',
    load: 3,
    commit: 'abc',
    at: '2026-01-01T00:00:00.000Z',
  },
  quick: true,
  large: false,
  seconds: 61.2,
  rows: [
    {
      number: '2',
      title: 'verifier',
      arms: [{name: 'ours', unit: '1/s', summary}],
      claims: [
        {title: 'a ÷ b', target: '≥ 5', ratio: summary, verdict: {is: 'missed', reason: 'it copies'}},
        {title: 'c ÷ d', target: '≥ 1', ratio: undefined, verdict: {is: 'not measured', reason: 'no compiler'}},
      ],
      facts: [{title: 'bytes', value: '7'}],
      seconds: 1,
    },
  ],
};

describe('resultsDocument', () => {
  const text = resultsDocument(results);

  it('has a line of every claim with target, measurement, verdict and command', () => {
    expect(text).toContain(
      '| 2 | verifier: a ÷ b | ≥ 5 | 3.14 (3–3.5; 2–4) | **missed** | `make bench ROWS=2` |\n' +
        '| 2 | verifier: c ÷ d | ≥ 1 |  | not measured | `make bench ROWS=2` |',
    );
  });

  it('gives the reason of what is missed and of what is not measured', () => {
    expect(text).toContain('- **Row 2, a ÷ b** is missed: it copies');
    expect(text).toContain('- **Row 2, c ÷ d** is not measured: no compiler');
  });

  it('tells arms, facts, machine and how busy it was', () => {
    expect(text).toContain('| 2 | ours | 1/s | 3.14 (3–3.5; 2–4) | 5 |');
    expect(text).toContain('- bytes: 7');
    expect(text).toContain('**The load was 3.0 on 2 cores');
    expect(text).toContain('`make bench-quick`');
  });
});

describe('figures', () => {
  it.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [123.45, '123'],
    [1_234_567, '1,234,567'],
  ])('%d is written %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it('stand with their spread', () => {
    expect(spread(summary)).toBe('3.14 (3–3.5; 2–4)');
  });
});
