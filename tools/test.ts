// What `make test` runs: every check and suite, and at the end one line counted from the runners' own results.
// A suite that ran nothing, was skipped or died counts as failed.
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {STEP, faultsOfRun, readPromises} from './check-promises.ts';
import type {RanTest} from './check-promises.ts';
import {runProgram} from './run-program.ts';
import type {Command, ProgramOptions} from './run-program.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** What is read of Jest's results. */
interface JestResults {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly numRuntimeErrorTestSuites?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly assertionResults: readonly {readonly fullName: string; readonly status: string}[];
  }[];
}

/** How a step is run and counted: see `STEPS`. */
interface How {
  readonly check?: Command;
  readonly json?: Command;
  readonly story?: Command;
  readonly jest?: string;
  readonly serial?: boolean;
  readonly aside?: boolean;
}

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const env = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH ?? ''}`,
  NODE_OPTIONS: '',
  FORCE_COLOR: '0',
  NX_DAEMON: 'false',
  DO_NOT_TRACK: '1',
};
const JEST: Command = [
  process.execPath,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

const CHAOS: Command = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  '--import',
  './tools/run-sources.ts',
];

const DATA = await mkdtemp(join(tmpdir(), 'vv-test-'));
const SYSTEM = ['--data', DATA];
const LAUNCHER: Command = [process.execPath, 'apps/launcher/dist/main.js'];

/**
 * [stage, name, how]: `check` counts as one test, `jest` and `json` count what their runner reports, `story` the
 * sentences that held (demo.json) and one for its end. What is `aside` runs beside the next step that is not, at the
 * lowest priority: integration waits more than it computes. What it prints is printed when it has ended.
 */
const STEPS: readonly (readonly [stage: string, name: string, how: How])[] = [
  ['lint', 'project graph', {check: ['nx', 'show', 'projects']}],
  ['lint', 'layers', {check: ['depcruise', '--config', '.dependency-cruiser.mjs', 'apps', 'libs']}],
  ['lint', 'format', {check: ['prettier', '--check', '--log-level=warn', '**/*.{ts,mjs,js}']}],
  ['lint', 'line lengths', {check: [process.execPath, 'tools/check-lines.ts']}],
  ['lint', 'canary', {check: [process.execPath, 'tools/canary.ts']}],
  ['lint', 'proto', {check: ['buf', 'lint']}],
  ['lint', 'proto since the last release', {check: [process.execPath, 'tools/check-breaking.ts']}],
  ['lint', 'generated', {check: [process.execPath, 'tools/check-generated.ts']}],
  ['lint', 'dependencies', {check: [process.execPath, 'tools/check-dependencies.ts']}],
  ['lint', 'papers', {check: [process.execPath, 'tools/check-papers.ts']}],
  ['lint', 'metrics', {check: [process.execPath, 'tools/check-metrics.ts']}],
  ['lint', 'time-outs and retries', {check: [process.execPath, 'tools/check-retries.ts']}],
  ['lint', 'what grows', {check: [process.execPath, 'tools/check-capacity.ts']}],
  ['lint', 'links', {check: [process.execPath, 'tools/check-links.ts']}],
  ['lint', 'section references', {check: [process.execPath, 'tools/check-section-references.ts']}],
  ['lint', 'promises', {check: [process.execPath, 'tools/check-promises.ts']}],
  ['lint', 'alerts, panels, runbooks', {check: [process.execPath, 'tools/check-alerts.ts']}],
  ['alerts', 'alert rules', {json: [process.execPath, 'tools/test-alerts.ts']}],
  ['chart', 'Helm chart', {json: [process.execPath, 'tools/check-chart.ts']}],
  ['unit', 'unit', {jest: 'jest.config.js'}],
  [
    'lint',
    'eslint',
    {
      aside: true,
      check: [
        'eslint',
        '--max-warnings',
        '0',
        '--no-error-on-unmatched-pattern',
        'apps',
        'libs',
        'tools',
        'bench',
        'test',
      ],
    },
  ],
  ['types', 'types', {aside: true, check: ['tsc', '-p', 'tsconfig.json']}],
  ['packages', 'packages', {aside: true, json: [process.execPath, 'tools/pack/check.ts']}],
  ['integration', 'integration', {jest: 'jest.int.config.js'}],
  ['unit', 'second client: vectors', {json: [process.execPath, 'test/second-client/run.ts', 'vectors']}],
  ['unit', 'checker: its rules', {json: [process.execPath, 'test/checker/run.ts', 'selftest']}],
  ['e2e', 'system up', {check: [...LAUNCHER, 'up', ...SYSTEM, '--port-base', '7000']}],
  ['e2e', 'story', {story: [process.execPath, 'test/story/dist/main.js', '--data', DATA]}],
  ['e2e', 'second client: live', {json: [process.execPath, 'test/second-client/run.ts', 'live', DATA]}],
  ['e2e', 'e2e', {jest: 'jest.e2e.config.js', serial: true}],
  ['e2e', 'chaos', {json: [...CHAOS, 'test/chaos/main.ts', '--data', DATA, '--seconds', '45', '--quick']}],
  ['e2e', 'checker: seeded defects', {json: [...CHAOS, 'test/chaos/defects/main.ts', '--data', DATA, '--together']}],
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

/** Runs a program in the repository; see `runProgram`. */
const run = (command: Command, options: Pick<ProgramOptions, 'onLine' | 'done' | 'aside'> = {}) =>
  runProgram(command, {cwd: root, env: {...env, VV_E2E_DATA: DATA}, ...options});

const failedUnlessZero = (code: number | string, counts: Counts): Counts =>
  code !== 0 && counts.failed === 0 ? {...counts, failed: 1} : counts;

async function check(command: Command, aside?: string): Promise<Counts> {
  return (await run(command, {aside})) === 0 ? {passed: 1, failed: 0} : {passed: 0, failed: 1};
}

/** A runner that tells each check itself and whose last line is JSON with `passed` and `failed`. */
async function json(command: Command, aside?: string): Promise<Counts> {
  const lines: string[] = [];
  const code = await run(command, {
    aside,
    onLine: (line) => {
      lines.push(line);
    },
  });
  const {passed = 0, failed = 0} = countsOf(lines.at(-1) ?? '');
  const counts = failedUnlessZero(code, {passed, failed: passed === 0 && failed === 0 ? 1 : failed});
  // What it said on standard output is why; beside another step all of it is told in any case.
  if (counts.failed > 0 && aside === undefined) console.log(lines.join('\n'));
  return counts;
}

/** None when a runner died before it could say. */
function countsOf(line: string): Partial<Counts> {
  try {
    return JSON.parse(line) as Partial<Counts>;
  } catch {
    return {};
  }
}

async function story(command: Command): Promise<Counts> {
  const code = await run(command);
  const {steps = []} = JSON.parse(await readFile(join(DATA, 'demo.json'), 'utf8').catch(() => '{}')) as {
    steps?: readonly {held: readonly string[]}[];
  };
  const passed = steps.reduce((sum, step) => sum + step.held.length, 0);
  return code === 0 && passed > 0 ? {passed: passed + 1, failed: 0} : {passed, failed: 1};
}

async function jest(config: string, serial: boolean): Promise<Counts> {
  const dir = await mkdtemp(join(tmpdir(), 'vv-jest-'));
  const out = join(dir, 'result.json');
  const code = await run(
    [...JEST, '-c', config, '--json', `--outputFile=${out}`, ...(serial ? ['--runInBand'] : ['--maxWorkers=2'])],
    {done: () => existsSync(out)},
  );
  const result = JSON.parse(await readFile(out, 'utf8').catch(() => '{}')) as JestResults;
  ran.push(...namesOf(result));
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

const namesOf = ({testResults = []}: JestResults): RanTest[] =>
  testResults.flatMap(({name: file, assertionResults}) =>
    assertionResults.map(({fullName: name, status}) => ({
      file: relative(root, file),
      name,
      passed: status === 'passed',
    })),
  );

const totals = {passed: 0, failed: 0};
/** Every test by its name, and every step: what docs/promises.md may name. */
const ran: RanTest[] = [];
const rows: string[] = [];

async function step(name: string, how: How): Promise<void> {
  const started = performance.now();
  const aside = how.aside === true ? name : undefined;
  if (aside === undefined) console.log(`\n== ${name}`);
  const result = await counted(how, aside);
  totals.passed += result.passed;
  totals.failed += result.failed;
  ran.push({file: STEP, name, passed: result.passed > 0 && result.failed === 0});
  rows.push(
    `${name.padEnd(24)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed ${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s${how.aside ? ' aside' : ''}`,
  );
}

function counted(how: How, aside?: string): Promise<Counts> {
  if (how.jest !== undefined) return jest(how.jest, how.serial === true);
  if (how.json !== undefined) return json(how.json, aside);
  if (how.story !== undefined) return story(how.story);
  return how.check === undefined ? Promise.resolve({passed: 0, failed: 1}) : check(how.check, aside);
}

const wanted = STEPS.filter(([stage]) => only === undefined || only.includes(stage));
let besides: Promise<void> = Promise.resolve();
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
// Of a part of the steps it would say nothing.
const unkept = only === undefined ? faultsOfRun(readPromises(root), ran) : [];
for (const fault of unkept) console.error(`docs/promises.md: ${fault}`);
totals.failed += unkept.length;
console.log(`\n${rows.join('\n')}\n`);
console.log(`${String(totals.passed)} passed, ${String(totals.failed)} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
