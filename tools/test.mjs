// What `make test` runs: every check and suite, and at the end one line counted from the runners' own results.
// A suite that ran nothing, was skipped or died counts as failed.
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {constants, setPriority, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const env = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  NODE_OPTIONS: '',
  FORCE_COLOR: '0',
  NX_DAEMON: 'false',
  DO_NOT_TRACK: '1',
};
const JEST = [
  process.execPath,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

const DATA = await mkdtemp(join(tmpdir(), 'vv-test-'));
const SYSTEM = ['--data', DATA];
const LAUNCHER = [process.execPath, 'apps/launcher/dist/main.js'];

/**
 * [stage, name, how]: `check` counts as one test, `jest` and `json` count what their runner reports, `story` the
 * sentences that held (demo.json) and one for its end. What is `aside` runs beside the next step that is not, at the
 * lowest priority: integration waits more than it computes. What it prints is printed when it has ended.
 */
const STEPS = [
  ['lint', 'project graph', {check: ['nx', 'show', 'projects']}],
  ['lint', 'layers', {check: ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs']}],
  ['lint', 'format', {check: ['prettier', '--check', '--log-level=warn', '**/*.{ts,mjs,cjs,js}']}],
  ['lint', 'canary', {check: [process.execPath, 'tools/canary.mjs']}],
  ['lint', 'proto', {check: ['buf', 'lint']}],
  ['lint', 'proto since the last release', {check: [process.execPath, 'tools/check-breaking.mjs']}],
  ['lint', 'generated', {check: [process.execPath, 'tools/check-generated.mjs']}],
  ['lint', 'papers', {check: [process.execPath, 'tools/check-papers.mjs']}],
  ['lint', 'section references', {check: [process.execPath, 'tools/check-section-references.mjs']}],
  ['chart', 'Helm chart', {json: [process.execPath, 'tools/check-chart.mjs']}],
  ['unit', 'unit', {jest: 'jest.config.js'}],
  [
    'lint',
    'eslint',
    {
      aside: true,
      check: ['eslint', '--max-warnings', '0', '--no-error-on-unmatched-pattern', 'apps', 'libs', 'tools', 'test'],
    },
  ],
  ['types', 'types', {aside: true, check: ['tsc', '-p', 'tsconfig.json']}],
  ['packages', 'packages', {aside: true, json: [process.execPath, 'tools/pack/check.ts']}],
  ['integration', 'integration', {jest: 'jest.int.config.js'}],
  ['unit', 'second client: vectors', {json: [process.execPath, 'test/second-client/run.mjs', 'vectors']}],
  ['e2e', 'system up', {check: [...LAUNCHER, 'up', ...SYSTEM, '--port-base', '7000']}],
  ['e2e', 'story', {story: [process.execPath, 'test/story/dist/main.js', '--data', DATA]}],
  ['e2e', 'second client: live', {json: [process.execPath, 'test/second-client/run.mjs', 'live', DATA]}],
  ['e2e', 'e2e', {jest: 'jest.e2e.config.js', serial: true}],
  ['e2e', 'system down', {check: [...LAUNCHER, 'down', ...SYSTEM]}],
];

const only = process.argv
  .find((a) => a.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const stages = [...new Set(STEPS.map(([stage]) => stage))];
const unknown = only?.filter((stage) => !stages.includes(stage)) ?? [];
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. Stages: ${stages.join(', ')}.`);
  process.exit(2);
}

/**
 * Nothing here takes a third of this. A runner that does not end is ended, and counts as failed, so that the last line
 * is always written.
 */
const LIMIT_MS = 30 * 60_000;
/** What a runner that has written its result may still take to end. */
const FAREWELL_MS = 30_000;

/**
 * @returns the exit code; `onLine` gets standard output line by line instead of the terminal, `done` says that its
 * result is written, `aside` is the heading under which both outputs are told at the end
 */
function run(command, {onLine, done = () => false, aside} = {}) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      env: {...env, VV_E2E_DATA: DATA},
      stdio: ['ignore', onLine || aside ? 'pipe' : 'inherit', aside ? 'pipe' : 'inherit'],
    });
    const kept = [];
    if (aside) {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => kept.push(chunk));
    }
    const end = (reason) => {
      console.error(`${command.slice(0, 4).join(' ')} … ${reason}: ended`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    };
    const limit = setTimeout(end, LIMIT_MS, `runs for ${LIMIT_MS / 60_000} minutes`);
    let written;
    const watch = setInterval(() => {
      if (written === undefined && done())
        written = setTimeout(end, FAREWELL_MS, 'wrote its result but holds something open');
    }, 1000);
    const settle = (result) => {
      clearTimeout(limit);
      clearTimeout(written);
      clearInterval(watch);
      if (aside) process.stdout.write(Buffer.concat([Buffer.from(`\n== ${aside} (beside another step)\n`), ...kept]));
      resolve(result);
    };
    if (onLine) createInterface({input: child.stdout}).on('line', onLine);
    child.on('error', (error) => {
      console.error(String(error));
      settle(127);
    });
    child.on('close', (code, signal) => settle(code ?? `signal ${signal}`));
  });
}

const failedUnlessZero = (code, counts) => (code !== 0 && counts.failed === 0 ? {...counts, failed: 1} : counts);

async function check(command, aside) {
  return (await run(command, {aside})) === 0 ? {passed: 1, failed: 0} : {passed: 0, failed: 1};
}

/** A runner that tells each check itself and whose last line is JSON with `passed` and `failed`. */
async function json(command, aside) {
  let last = '';
  const code = await run(command, {
    aside,
    onLine: (line) => {
      last = line;
    },
  });
  const {passed = 0, failed = 0} = JSON.parse(last || '{}');
  return failedUnlessZero(code, {passed, failed: passed === 0 && failed === 0 ? 1 : failed});
}

async function story(command) {
  const code = await run(command);
  const {steps = []} = JSON.parse(await readFile(join(DATA, 'demo.json'), 'utf8').catch(() => '{}'));
  const passed = steps.reduce((sum, step) => sum + step.held.length, 0);
  return code === 0 && passed > 0 ? {passed: passed + 1, failed: 0} : {passed, failed: 1};
}

async function jest(config, serial) {
  const dir = await mkdtemp(join(tmpdir(), 'vv-jest-'));
  const out = join(dir, 'result.json');
  const code = await run(
    [...JEST, '-c', config, '--json', `--outputFile=${out}`, ...(serial ? ['--runInBand'] : ['--maxWorkers=2'])],
    {done: () => existsSync(out)},
  );
  const result = JSON.parse(await readFile(out, 'utf8').catch(() => '{}'));
  await rm(dir, {recursive: true, force: true});
  const passed = result.numPassedTests ?? 0;
  // Skipped tests and suites that could not even be loaded are failures: nothing may be left out silently.
  let failed =
    (result.numFailedTests ?? 0) +
    (result.numPendingTests ?? 0) +
    (result.numTodoTests ?? 0) +
    (result.numRuntimeErrorTestSuites ?? 0);
  if (failed === 0 && (code !== 0 || passed === 0)) failed = 1;
  return {passed, failed};
}

const totals = {passed: 0, failed: 0};
const rows = [];

async function step(name, how) {
  const started = performance.now();
  const aside = how.aside === true ? name : undefined;
  if (aside === undefined) console.log(`\n== ${name}`);
  const result = how.jest
    ? await jest(how.jest, how.serial === true)
    : how.json
      ? await json(how.json, aside)
      : how.story
        ? await story(how.story)
        : await check(how.check, aside);
  totals.passed += result.passed;
  totals.failed += result.failed;
  rows.push(
    `${name.padEnd(24)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed ${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s${how.aside ? ' aside' : ''}`,
  );
}

const wanted = STEPS.filter(([stage]) => only === undefined || only.includes(stage));
let besides = Promise.resolve();
for (const [, name, how] of wanted) {
  if (how.aside === true) {
    besides = besides.then(() => step(name, how));
    continue;
  }
  await step(name, how);
  await besides;
}
await besides;
await run([...LAUNCHER, 'clean', ...SYSTEM], {onLine: () => undefined});
await rm(DATA, {recursive: true, force: true});
console.log(`\n${rows.join('\n')}\n`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
