// Generated files are committed; this fails when they differ from what their generators make now.
import {spawnSync} from 'node:child_process';
import {readFile, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {generatedTexts} from './generate.ts';

const root = join(import.meta.dirname, '..');
const env = {...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`};

function run([command, ...args]: [string, ...string[]], cwd = root): void {
  const {status, stdout, stderr} = spawnSync(command, args, {cwd, env, encoding: 'utf8'});
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}${stderr}`);
}

async function snapshot(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, {recursive: true, withFileTypes: true}).catch(() => []);
  const files = entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)));
}

const stale: string[] = [];
async function compare(dir: string, generate: () => void): Promise<void> {
  const before = await snapshot(dir);
  generate();
  const after = await snapshot(dir);
  for (const file of new Set([...before.keys(), ...after.keys()]))
    if (before.get(file) !== after.get(file)) stale.push(file.slice(root.length + 1));
}

await compare(join(root, 'libs/contracts/src/gen'), () => run(['buf', 'generate']));
await compare(join(root, 'libs/abci/src/gen'), () => run(['buf', 'generate'], join(root, 'libs/abci')));
for (const [path, text] of Object.entries(await generatedTexts()))
  if ((await readFile(join(root, path), 'utf8').catch(() => '')) !== text) stale.push(`${path} (npm run generate)`);

if (stale.length > 0) {
  console.error(`Generated files are stale (protobuf code is made anew now; commit it):\n  ${stale.join('\n  ')}`);
  process.exit(1);
}
console.log('generated files are current');
