// The command of the test cluster; needs nothing but any Node: the programs of the clone are installed and compiled if
// they are not.
//   node test/k8s/cluster/main.mjs up | down | status | import-images [--dir folder]
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const node24 = join(root, 'node_modules', '.bin', 'node');
const program = join(import.meta.dirname, 'dist', 'main.js');

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const {status} = spawnSync(command, args, {cwd: root, stdio: 'inherit'});
  return status ?? 1;
}

const prepared =
  (existsSync(node24) && existsSync(program)) || run(process.execPath, ['tools/bootstrap.mjs', 'install']) === 0;
process.exitCode = prepared ? run(node24, [program, ...process.argv.slice(2)]) : 1;
