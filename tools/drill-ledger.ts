// What `make drill-ledger` runs: every drill, one after the other, and at the end one line counted from Jest's results.
// SEED=n plays a drill again: it is the order of the lies and the random bytes in them, not the timing of processes.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const root = join(import.meta.dirname, '..');
const seed = process.env.SEED || String(Date.now());
const dir = mkdtempSync(join(tmpdir(), 'vv-drills-'));
const results = join(dir, 'results.json');
console.log(`seed ${seed}`);
const began = Date.now();
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
  {cwd: root, env: {...process.env, SEED: seed}, stdio: ['ignore', 'ignore', 'inherit']},
);
let [passed, failed] = [0, 1];
try {
  const told = JSON.parse(readFileSync(results, 'utf8')) as Results;
  [passed, failed] = [told.numPassedTests, told.numFailedTests + told.numRuntimeErrorTestSuites];
} catch {
  console.error('Jest wrote no results');
}
rmSync(dir, {recursive: true, force: true});
console.log(`seed ${seed}, ${Math.round((Date.now() - began) / 1_000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 && status === 0 ? 0 : 1;
