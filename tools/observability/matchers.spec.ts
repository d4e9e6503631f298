import type {Metric} from '@vitalvault/process';
import {faultsOfMatchers} from './matchers.ts';

const refusals: Metric = {
  kind: 'counter',
  unit: '{request}',
  of: ['policy'],
  labels: {code: ['internal', 'behind'], part: 24},
  maybe: {'error.type': ['aborted']},
  meaning: '',
};

it.each<[query: string, faults: string[]]>([
  ['rate(r_total{code="internal", error_type=""}[5m])', []],
  ['r_total{code=~"internal|behind", part="whatever"} > other{code="x"}', []],
  ['r_total{code="interna"}', ['r_total has no code="interna"']],
  ['r_total{code!~"internal|behnd"}', ['r_total has no code="behnd"']],
  ['r_total{kind="x", namespace=~"$namespace"}', ['r_total has no kind']],
  ['r_total{program="notify"} or r_total{program=~"$program"}', ['r_total has no program="notify"']],
  ['r_total{code=~"int.*"}', []],
])('%s', (query, faults) => {
  expect(faultsOfMatchers(query, (name) => (name === 'r_total' ? refusals : undefined))).toEqual(faults);
});
