// `make e2e-k8s`: the chart on a real Kubernetes of this machine. Needs root; says first what it installs and changes.
//   KEEP=1 node test/k8s/e2e/main.mjs [--dir folder] [--only install,story,…]
import {spawn} from 'node:child_process';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
// The terminal sends ^C to the child as well, which takes the cluster down before it ends.
/** @type {import('node:child_process').ChildProcess | undefined} */
let child;
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child?.kill('SIGTERM'));
/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
const run = (command, args) =>
  new Promise((resolve) => {
    const started = spawn(command, args, {cwd: root, stdio: 'inherit'});
    child = started;
    started.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    started.once('close', (code) => resolve(code ?? 1));
  });
// Also compiles what changed since.
const prepared =
  (await run(process.execPath, ['tools/bootstrap.mjs', 'install'])) === 0 &&
  (await run(join(root, 'node_modules/.bin/node'), ['tools/build.ts'])) === 0;
process.exitCode = prepared
  ? await run(join(root, 'node_modules/.bin/node'), [
      join(import.meta.dirname, 'dist', 'main.js'),
      ...process.argv.slice(2),
    ])
  : 1;
