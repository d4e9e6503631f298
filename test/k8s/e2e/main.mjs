// `make e2e-k8s`: the chart on a real Kubernetes of this machine. Needs root; says first what it installs and changes.
//   KEEP=1 node test/k8s/e2e/main.mjs [--dir folder] [--only install,story,…]
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const run = (command, args) => spawnSync(command, args, {cwd: root, stdio: 'inherit'}).status ?? 1;
// Also compiles what changed since.
const prepared = run(process.execPath, ['tools/bootstrap.mjs', 'install']) === 0 && run(join(root, 'node_modules/.bin/node'), ['tools/build.mjs']) === 0;
process.exitCode = prepared ? run(join(root, 'node_modules/.bin/node'), [join(import.meta.dirname, 'dist', 'main.js'), ...process.argv.slice(2)]) : 1;
