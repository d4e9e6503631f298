import {describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {positionsIn} from '../chaos/positions-text.js';

const ROOT = new URL('../..', import.meta.url).pathname;

describe('what the command of positions says', () => {
  it('is read as its runbook shows it', () => {
    const shown = readFileSync(join(ROOT, 'docs/operations/positions.md'), 'utf8');
    expect(positionsIn(shown)).toEqual([{place: 'vv.records.accepted.v1/2', stored: 5_120, end: 31, goesOn: false}]);
  });

  it('is no leave to go on where Kafka is another one, or ends before, though the service has not looked yet', () => {
    const line = (stored: number, kafka: string, word: string): string =>
      `vv.alerts.v1/0  stored ${stored} of Kafka A  ${kafka}: ${word}`;
    const said = [
      line(5, 'Kafka A has 0 to 5', 'goes on'),
      line(5, 'Kafka B has 0 to 5', 'goes on'),
      line(6, 'Kafka A has 0 to 5', 'goes on'),
      line(5, 'Kafka A has 0 to 5', 'another topic: …'),
      line(5, 'Kafka has nothing', 'goes on'),
      'No record of any topic was taken yet.',
    ];
    expect(positionsIn(said.join('\n')).map(({goesOn}) => goesOn)).toEqual([true, false, false, false, false]);
  });
});
