// What `make drill-ledger` runs: every drill, one after the other, and at the end one line counted from Jest's results.
// SEED=n plays a drill again: it is the order of the lies and the random bytes in them, not the timing of processes.
// lost-quorum is played on a whole system, which is started for it and stopped; the second client ends on it too.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

interface Said {
  readonly passed: number;
  readonly failed: number;
}

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Beside those of `make demo` and `make test`. */
const PORT_BASE = '8500';
const root = join(import.meta.dirname, '..');
const seed = process.env.SEED || String(Date.now());
const dir = mkdtempSync(join(tmpdir(), 'vv-drills-'));
const results = join(dir, 'results.json');
console.log(`seed ${seed}`);
const began = Date.now();
const data = join(dir, 'system');
const launcher = (command: string, ...options: string[]): number | null =>
  spawnSync(process.execPath, ['apps/launcher/dist/main.js', command, '--data', data, ...options], {
    cwd: root,
    // Every call of CometBFT's is in the log of each validator: it is held against the ABCI grammar.
    env: {...process.env, VITALVAULT_LEDGER_LOG_LEVEL: 'debug'},
    stdio: ['ignore', 'ignore', 'inherit'],
  }).status;
const up = launcher('up', '--port-base', PORT_BASE, '--validators', '4');
const {status} = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config=jest.drill.config.js',
    '--maxWorkers=1',
    '--verbose',
    '--forceExit',
    '--json',
    `--outputFile=${results}`,
    ...process.argv.slice(2),
  ],
  {cwd: root, env: {...process.env, SEED: seed, VV_E2E_DATA: data}, stdio: ['ignore', 'ignore', 'inherit']},
);
let [passed, failed] = [0, 1];
try {
  const told = JSON.parse(readFileSync(results, 'utf8')) as Results;
  [passed, failed] = [told.numPassedTests, told.numFailedTests + told.numRuntimeErrorTestSuites];
} catch {
  console.error('Jest wrote no results');
}
const word =
  up === 0
    ? spawnSync(process.execPath, ['--no-warnings', 'test/second-client/run.ts', 'live', data], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }).stdout
    : '';
const said = JSON.parse(word.trim().split('\n').at(-1) || '{"passed":0,"failed":1}') as Said;
[passed, failed] = [passed + said.passed, failed + said.failed];
if (launcher('clean') !== 0) failed += 1;
rmSync(dir, {recursive: true, force: true});
console.log(`seed ${seed}, ${Math.round((Date.now() - began) / 1_000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 && status === 0 ? 0 : 1;
