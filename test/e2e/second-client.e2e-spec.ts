import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {runningSystem} from './running-system.js';
import type {RunningSystem} from './running-system.js';

interface Summary { passed: number; failed: number; checks: {name: string; ok: boolean}[] }

function secondClient(...args: string[]): Summary {
  const {stdout, stderr} = spawnSync(process.execPath, [join(import.meta.dirname, '../second-client/run.mjs'), ...args], {encoding: 'utf8'});
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`the second client did not finish: ${stdout}${stderr}`);
  return JSON.parse(last) as Summary;
}

const failures = ({checks}: Summary): string[] => checks.filter(({ok}) => !ok).map(({name}) => name);

describe('a second client, in Python, from docs/protocol.md alone', () => {
  let system: RunningSystem;
  beforeAll(() => { system = runningSystem(); });
  afterAll(() => { system.stop(); });

  it('computes every formula of the protocol as we do', () => {
    const summary = secondClient('vectors');
    expect(failures(summary)).toEqual([]);
    expect(summary.passed).toBeGreaterThanOrEqual(33);
  });

  it('enrols, registers a device, posts a reading and verifies its receipt and both logs', () => {
    const summary = secondClient('live', system.data);
    expect(failures(summary)).toEqual([]);
    expect(summary.passed).toBeGreaterThanOrEqual(16);
  });
});
