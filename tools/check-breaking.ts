// Holds proto/ against the last release: numbers, names and types that somebody encodes with may not change.
//   node_modules/.bin/node tools/check-breaking.ts [repository]   red when `buf breaking` finds something; green, and
//                                                                 said, without a release
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

const root = join(import.meta.dirname, '..');
const repository = process.argv[2] ?? root;
const git = (...args: string[]): string => execFileSync('git', args, {cwd: repository, encoding: 'utf8'});

if (git('tag', '--list', 'v*', '--merged', 'HEAD').trim() === '') {
  console.log('proto: nothing is released yet (no tag v* in the history), so nothing can break');
  process.exit(0);
}
const release = git('describe', '--tags', '--match', 'v*', '--abbrev=0').trim();
const old = mkdtempSync(join(tmpdir(), 'vv-release-'));
try {
  for (const file of git('ls-tree', '-r', '--name-only', release, 'proto', 'buf.yaml').trim().split('\n')) {
    mkdirSync(dirname(join(old, file)), {recursive: true});
    writeFileSync(join(old, file), git('show', `${release}:${file}`));
  }
  const {status, error} = spawnSync(join(root, 'node_modules/.bin/buf'), ['breaking', '--against', old], {
    cwd: repository,
    stdio: 'inherit',
  });
  if (error) throw error;
  console.log(
    `proto: ${status === 0 ? 'whoever speaks' : 'breaks whoever speaks'} ${release}${status === 0 ? ' understands it' : ''}`,
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(old, {recursive: true, force: true});
}
