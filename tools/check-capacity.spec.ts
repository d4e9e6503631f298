import {capacityFaults} from './check-capacity.ts';

const files = new Map([
  ['apps/storage/prisma/migrations/0001_records.sql', 'CREATE TABLE records (id text);\nCREATE TABLE skips (id text);'],
  ['libs/postgres/prisma/migrations/0000_service.sql', 'CREATE TABLE outbox (id bigint);'],
  ['libs/contracts/src/limits.ts', "export const TOPICS = {alerts: 'vv.alerts.v1'};"],
  ['apps/policy/src/application/kept.ts', 'class Kept {\n  readonly #all = new Map<string, number>();\n}'],
  ['apps/policy/src/application/local.ts', 'function f() {\n    const all = new Map<string, number>();\n}'],
  ['apps/cli/src/kept.ts', 'class Kept {\n  readonly #all = new Map<string, number>();\n}'],
]);
const document = `# How long a ledger lasts
## Tables of storage
| table | a row for | bytes a row | how long |
|---|---|---|---|
| \`records\`, \`skips\` | each | 10 | for ever |
## Tables of every service with a database
| \`outbox\` | each message | 10 | until it is sent |
## Topics
| \`vv.alerts.v1\` | 10 | 7 days |
## Memory of the services
| \`apps/policy/src/application/kept.ts\` | what it keeps | ten |
`;
const without = (text: string): string[] => capacityFaults(files, document.replace(text, ''));

describe('docs/operations/capacity.md', () => {
  it('is whole when each table, topic and map of a service has a row', () => {
    expect(capacityFaults(files, document)).toEqual([]);
  });

  it.each([
    ['table', ', `skips`', 'no row under "Tables of storage: skips"'],
    ['table of every service', '`outbox`', 'no row under "Tables of every service with a database: outbox"'],
    ['topic', '| `vv.alerts.v1` | 10 | 7 days |', 'no row under "Topics: vv.alerts.v1"'],
    [
      'map',
      '| `apps/policy/src/application/kept.ts` | what it keeps | ten |',
      'no row under "Memory of the services: apps/policy/src/application/kept.ts"',
    ],
  ])('is not whole when a %s has none', (_what, row, fault) => {
    expect(without(row)).toEqual([fault]);
  });

  it('is not whole when a row is not filled in, or is of nothing', () => {
    expect(capacityFaults(files, document.replace('| 10 | until it is sent |', '| | until it is sent |'))).toEqual([
      'a cell is empty: | `outbox` | each message | | until it is sent |',
    ]);
    expect(capacityFaults(files, document.replace('`records`', '`records`, `gone`'))).toEqual([
      'nothing makes what stands under "Tables of storage: gone"',
    ]);
  });
});
