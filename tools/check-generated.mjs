// Generated files are committed; this fails when they differ from what their generators make now.
import {spawnSync} from 'node:child_process';
import {readFile, readdir} from 'node:fs/promises';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const env = {...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`};

function run(command, cwd = root) {
  const {status, stdout, stderr} = spawnSync(command[0], command.slice(1), {cwd, env, encoding: 'utf8'});
  if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`);
}

async function snapshot(dir) {
  const entries = await readdir(dir, {recursive: true, withFileTypes: true}).catch(() => []);
  const files = entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')])));
}

const stale = [];
async function compare(dir, generate) {
  const before = await snapshot(dir);
  generate();
  const after = await snapshot(dir);
  for (const file of new Set([...before.keys(), ...after.keys()]))
    if (before.get(file) !== after.get(file)) stale.push(file.slice(root.length + 1));
}

await compare(join(root, 'libs/contracts/src/gen'), () => run(['buf', 'generate']));
await compare(join(root, 'libs/abci/src/gen'), () => run(['buf', 'generate'], join(root, 'libs/abci')));
const {errorsDocument} = await import('./generate-errors-doc.mjs');
if ((await readFile(join(root, 'docs/errors.md'), 'utf8').catch(() => '')) !== errorsDocument())
  stale.push('docs/errors.md (node tools/generate-errors-doc.mjs --write)');
const {configDocuments} = await import('./generate-config-docs.mjs');
for (const [app, text] of Object.entries(configDocuments())) {
  if ((await readFile(join(root, `docs/config/${app}.md`), 'utf8').catch(() => '')) !== text)
    stale.push(`docs/config/${app}.md (node tools/generate-config-docs.mjs --write)`);
}
const {openApiTexts} = await import('./generate-openapi.mjs');
for (const [service, text] of Object.entries(openApiTexts())) {
  if ((await readFile(join(root, `docs/openapi/${service}.json`), 'utf8').catch(() => '')) !== text)
    stale.push(`docs/openapi/${service}.json (node tools/generate-openapi.mjs --write)`);
}
const {pictures} = await import('./generate-picture.ts');
for (const [path, drawing] of Object.entries(pictures())) {
  if ((await readFile(join(root, path), 'utf8').catch(() => '')) !== drawing)
    stale.push(`${path} (node tools/generate-picture.ts --write)`);
}

if (stale.length > 0) {
  console.error(`Generated files were stale (they are regenerated now; commit them):\n  ${stale.join('\n  ')}`);
  process.exit(1);
}
console.log('generated files are current');
