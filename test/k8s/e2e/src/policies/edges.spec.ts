import {describe, expect, it} from '@jest/globals';
import {isEdge} from './edges.js';
import type {Edges, Role} from './edges.js';

const edges: Edges = {
  edges: [{from: 'ingest', to: 'policy', port: 9090}],
  outside: [
    {from: '*', to: 'dns', ports: [53]},
    {from: 'installer', to: 'kubernetes-api', ports: [443]},
  ],
};
const isOurs = (role: Role): boolean => ['ingest', 'policy', 'installer'].includes(role);
const has = (from: Role, to: Role, port: number, protocol: 'TCP' | 'UDP' = 'TCP') =>
  isEdge(edges, [from, to], {port, protocol}, isOurs);

describe('whether the architecture has a connection', () => {
  it.each<[Role, Role, number, 'TCP' | 'UDP', boolean]>([
    ['ingest', 'policy', 9090, 'TCP', true],
    ['ingest', 'policy', 9090, 'UDP', false],
    ['ingest', 'policy', 8080, 'TCP', false],
    ['policy', 'ingest', 9090, 'TCP', false],
    ['policy', 'dns', 53, 'UDP', true],
    ['policy', 'stranger', 53, 'UDP', false],
    ['policy', 'dns', 443, 'TCP', false],
    ['policy', 'kubernetes-api', 443, 'TCP', false],
    ['installer', 'kubernetes-api', 443, 'TCP', true],
    ['installer', 'internet', 443, 'TCP', true],
    ['installer', 'internet', 443, 'UDP', false],
    ['installer', 'policy', 443, 'TCP', false],
    ['stranger', 'policy', 9090, 'TCP', false],
    ['internet', 'ingest', 8080, 'TCP', false],
  ])('%s to %s %d %s: %s', (from, to, port, protocol, expected) => {
    expect(has(from, to, port, protocol)).toBe(expected);
  });
});
