// Makes the Prisma client of every app that has a schema, where schema or Prisma have changed since the last time.
// Offline. Runs as the root's postinstall and from bootstrap.mjs, on the system's own Node: plain JavaScript without a
// package.
//   node tools/generate-sources.mjs
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {schemaFilesText} from '../libs/sdk/schemas/schema-files-text.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const prisma = join(root, 'node_modules', 'prisma');
const OUTPUT = join('src', 'adapters', 'prisma', 'gen');

// `generate` needs no schema engine, but looks for one and would download it; any program that exists will do.
const env = {...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1'};

/** @param {string} app */
async function generate(app) {
  const folder = join(root, 'apps', app);
  const {bin, version} = JSON.parse(readFileSync(join(prisma, 'package.json'), 'utf8'));
  const schema = readFileSync(join(folder, 'prisma', 'schema.prisma'));
  const wanted = createHash('sha256').update(`${version}\n`).update(schema).digest('hex');
  const stamp = join(folder, OUTPUT, '.made-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const program = join(prisma, typeof bin === 'string' ? bin : bin.prisma);
  await promisify(execFile)(process.execPath, [program, 'generate'], {cwd: folder, env}).catch((error) => {
    throw new Error(`The Prisma client of apps/${app} could not be generated:\n${error.stdout}${error.stderr}`);
  });
  writeFileSync(stamp, wanted);
}

// An installation of the production packages alone has neither the program nor the sources; nothing is to be done.
if (existsSync(prisma)) {
  const apps = readdirSync(join(root, 'apps')).filter((app) =>
    existsSync(join(root, 'apps', app, 'prisma', 'schema.prisma')),
  );
  const failed = (await Promise.allSettled(apps.map(generate))).flatMap((end) =>
    end.status === 'rejected' ? end.reason : [],
  );
  for (const reason of failed) console.error(reason.message);
  if (failed.length > 0) process.exitCode = 1;

  const schemas = join(root, 'libs', 'sdk', 'src', 'open-mhealth', 'schema-files.ts');
  const text = schemaFilesText();
  if (!existsSync(schemas) || readFileSync(schemas, 'utf8') !== text) writeFileSync(schemas, text);
}
