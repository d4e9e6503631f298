// The only script that runs on the system's own Node: checks the tools, installs the npm packages (Node 24 among them),
// compiles, and hands over to the launcher under Node 24. Plain JavaScript without any package.
//   node tools/bootstrap.mjs install | taste | <command of the launcher> …
// `taste` needs Node and npm alone: nothing is compiled, no engine is built.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {constants, homedir, setPriority} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node24 = join(root, 'node_modules', '.bin', 'node');
const launcher = join(root, 'apps', 'launcher', 'dist', 'main.js');
const started = Date.now();
/** @param {string} text */
const say = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}`);

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  console.error(`\n${text}`);
  process.exit(1);
}

/**
 * First output of a program, or undefined if it cannot be run.
 * @param {string} command
 * @param {readonly string[]} args
 */
function output(command, args) {
  const {status, stdout, stderr} = spawnSync(command, args, {encoding: 'utf8'});
  return status === 0 ? stdout + stderr : undefined;
}

/**
 * @param {string} found
 * @param {string} wanted
 */
const atLeast = (found, wanted) => {
  const [[a = 0, b = 0], [c = 0, d = 0]] = [found.split('.').map(Number), wanted.split('.').map(Number)];
  return a !== c ? a > c : b >= d;
};

/** What builds the engines, and npm: the version found, the least one, and where to get it. */
function toolsOfThisMachine() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  return [
    {
      name: 'Go',
      least: '1.26',
      found: output('go', ['env', 'GOVERSION'])?.match(/go([\d.]+)/)?.[1],
      install: 'https://go.dev/dl (Debian: golang from backports)',
    },
    {
      name: 'Java',
      least: '17',
      found: output(java, ['-version'])?.match(/version "([\d.]+)/)?.[1],
      install: 'a JDK or JRE (Debian: openjdk-17-jre-headless)',
    },
    {
      name: 'Maven',
      least: '3.6',
      found: output('mvn', ['-v'])?.match(/Maven ([\d.]+)/)?.[1],
      install: 'Maven (Debian: maven)',
    },
    {name: 'npm', least: '10', found: output('npm', ['-v'])?.trim(), install: 'npm, it comes with Node (Debian: npm)'},
  ];
}

/** Every tool that is missing or too old is named at once, with what to install; `engines`: also what builds them. */
function checkTools({engines = true} = {}) {
  const faults = toolsOfThisMachine()
    .filter(({name}) => engines || name === 'npm')
    .filter(({found, least}) => found === undefined || !atLeast(found, least))
    .map(({name, found, least, install}) => {
      const fault = found === undefined ? 'is missing' : `${found} is too old`;
      return `  ${name} ${fault}: ${least} or newer is needed; install ${install}`;
    });
  if (engines && process.platform !== 'linux') faults.unshift(`  Linux is needed, this is ${process.platform}`);
  if (!atLeast(process.versions.node, '20.0')) {
    const fault = `Node ${process.versions.node} is too old: 20 or newer is needed to begin with`;
    faults.unshift(`  ${fault}; install it from https://nodejs.org`);
  }
  if (faults.length > 0) fail(`VitalVault cannot be built on this machine yet:\n${faults.join('\n')}`);
}

/**
 * What npm wrote about the installed packages must be what the lock file asks for; npm writes it last, so a killed
 * install does not pass.
 */
function packagesAreCurrent() {
  const [wanted, installed] = ['package-lock.json', join('node_modules', '.package-lock.json')].map(
    /** @returns {Record<string, any> | undefined} */ (file) => {
      const path = join(root, file);
      return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
    },
  );
  if (wanted === undefined || installed === undefined || !existsSync(node24)) return false;
  /** @param {any} a @param {any} b */
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity;
  return Object.entries(wanted).every(([path, entry]) => {
    const there = installed[path];
    if (there !== undefined) return same(entry, there);
    if (entry.optional === true || entry.devOptional === true) return true;
    // A workspace of ours: what it needs has entries of its own, and it is found by its link.
    return entry.link === true ? existsSync(join(root, path)) : !path.includes('node_modules/');
  });
}

/**
 * Runs a program with its output shown.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 127 if it is not there
 */
async function run(command, args, options = {}) {
  const child = spawn(command, args, {cwd: root, stdio: 'inherit', ...options});
  // The terminal sends ^C to the child as well; it decides what that means.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  return code;
}

/**
 * While npm downloads, the Go compiler can already fill its own cache with the engines (the launcher builds them for
 * good). Only where none is built yet; what fails here is reported there. Returns what stops it.
 */
function warmUpCompiler() {
  const cache =
    process.env.VITALVAULT_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vitalvault');
  if (existsSync(join(cache, 'engines')) && readdirSync(join(cache, 'engines')).length > 0) return () => undefined;
  const env = {
    ...process.env,
    CGO_ENABLED: '0',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
  };
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let current;
  const stop = () => {
    const pid = current?.pid;
    current = undefined;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      /* it has just ended */
    }
  };
  /** @param {readonly string[]} engines */
  const next = ([engine, ...others]) => {
    if (engine === undefined) return;
    const cwd = join(root, 'engines', engine);
    const tools = join(cwd, 'tools.go');
    const name = existsSync(tools) ? (readFileSync(tools, 'utf8').match(/import _ "([^"]+)"/)?.[1] ?? '.') : '.';
    const child = spawn('go', ['build', '-ldflags=-s -w', '-o', '/dev/null', name], {
      cwd,
      env,
      stdio: 'ignore',
      detached: true,
    });
    child.once('error', () => undefined);
    child.once('exit', () => {
      if (current === child) next(others);
    });
    current = child;
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  };
  next(['kubo', 'ipfs-cluster', 'otel-collector', 'cometbft']);
  process.once('exit', stop);
  return stop;
}

async function install({warmUp = warmUpCompiler} = {}) {
  if (packagesAreCurrent()) return;
  say('installing npm packages (npm ci)');
  const start = Date.now();
  const timer = setInterval(() => say('… npm ci'), 15_000);
  const stopWarmUp = warmUp();
  const code = await run('npm', ['ci', '--loglevel=error', '--no-progress', '--no-update-notifier']);
  clearInterval(timer);
  stopWarmUp();
  if (code !== 0)
    fail(
      'npm ci failed (see above). If the network or the disk was the reason, mend that and try again: a half installation is done afresh.',
    );
  say(`npm packages installed in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** Also after a pull that changed a schema and no package. */
async function generate() {
  const code = await run(node24, [join(root, 'tools', 'generate-sources.mjs')]);
  if (code !== 0) fail('A Prisma client could not be generated (see above).');
}

async function compile() {
  const code = await run(node24, [join(root, 'tools', 'build.ts')], {stdio: ['ignore', 'ignore', 'inherit']});
  if (code !== 0) fail('The TypeScript sources could not be compiled (see above).');
}

/**
 * The SDK's story in memory, from the sources as they are.
 * @param {readonly string[]} options
 */
async function taste(options) {
  if (!packagesAreCurrent()) {
    checkTools({engines: false});
    await install({warmUp: () => () => undefined});
  }
  const story = join(root, 'tools', 'taste', 'main.ts');
  const code = await run(node24, ['--no-addons', '--disable-warning=ExperimentalWarning', story, ...options]);
  say('that was all of it');
  return code;
}

process.env.VITALVAULT_STARTED = String(started);
const [command = '--help', ...rest] = process.argv.slice(2);
const starts = ['up', 'start', 'build', 'install'].includes(command);
if (command === 'taste') process.exit(await taste(rest));
if (starts || !existsSync(launcher) || !existsSync(node24)) {
  checkTools();
  await install();
  await generate();
  await compile();
}
if (command !== 'install') process.exitCode = await run(node24, [launcher, command, ...rest]);
