import {describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

const APPS = join(import.meta.dirname, '..', '..', 'apps');
/** They speak to the person who runs them. */
const FOR_PEOPLE = ['cli', 'installer', 'launcher'];

const PROGRAMS = readdirSync(APPS)
  .filter((app) => !FOR_PEOPLE.includes(app) && existsSync(join(APPS, app, 'src')))
  .flatMap((app) =>
    ['main', 'migrate']
      .filter((name) => existsSync(join(APPS, app, 'src', `${name}.ts`)))
      .map((name) => [name === 'main' ? app : `${app}-${name}`, join(APPS, app, 'dist', `${name}.js`)] as const),
  );

it('programs that log are those of the services and of the ledger', () => {
  expect(PROGRAMS.map(([service]) => service)).toEqual(
    expect.arrayContaining(['ingest', 'policy', 'storage', 'notify', 'ledger-abci', 'storage-migrate']),
  );
});

// Without settings each says what is missing: its first lines, before anything that not all programs have.
describe.each(PROGRAMS)('%s', (service, program) => {
  it('logs one JSON object a line, of the same shape as all others', () => {
    const {status, stdout} = spawnSync(process.execPath, [program], {env: {}, encoding: 'utf8', timeout: 30_000});
    const lines = stdout.trim().split('\n');
    expect([status, lines.length > 0]).toEqual([1, true]);
    for (const line of lines) {
      const told = JSON.parse(line) as Record<string, unknown>;
      expect(Object.keys(told)).toEqual(['level', 'time', 'service', 'pid', 'msg']);
      expect(told).toEqual({
        level: 'error',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service,
        pid: expect.any(Number),
        msg: expect.stringMatching(/^configuration: VITALVAULT_/),
      });
    }
  }, 40_000);
});
