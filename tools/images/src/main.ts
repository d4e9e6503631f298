import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Command} from 'commander';
import {Bases} from './base/bases.js';
import {buildImage, keptImage} from './build-image.js';
import type {Image} from './build-image.js';
import {LOCAL_REGISTRY, REPOSITORY} from './config.js';
import {ImagesError} from './images-error.js';
import {megabytes, progress} from './progress.js';
import {smokeTest} from './smoke/smoke-test.js';
import {builtEngines, recipes} from './stage/recipes.js';
import type {Recipe} from './stage/recipe.js';
import {findTool} from './tool/find-tool.js';
import type {ContainerTool} from './tool/container-tool.js';

interface Options {
  base?: string;
  refresh?: boolean;
  registry: string;
}

interface Setup {
  tool: ContainerTool;
  directory: string;
  all: Recipe[];
  chosen: Recipe[];
  build: (recipe: Recipe, again: boolean) => Promise<Image>;
}

async function setUp(names: string[], options: Options): Promise<Setup> {
  const tool = await findTool();
  progress(`building with ${tool.name}`);
  const {engines, cache} = await builtEngines();
  const all = recipes(engines);
  const unknown = names.filter((name) => !all.some((recipe) => recipe.name === name));
  if (unknown.length > 0)
    throw new ImagesError(
      `No such image: ${unknown.join(', ')}. Images: ${all.map((recipe) => recipe.name).join(', ')}.`,
    );
  const directory = join(cache, 'images');
  await mkdir(directory, {recursive: true});
  const bases = new Bases(tool, directory, {
    refresh: options.refresh === true,
    ...(options.base === undefined ? {} : {from: options.base}),
  });
  const {version: tag} = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {version: string};
  return {
    tool,
    directory,
    all,
    chosen: names.length === 0 ? all : all.filter((recipe) => names.includes(recipe.name)),
    build: (recipe, again) => buildImage(recipe, {tool, bases, directory, registry: options.registry, tag, again}),
  };
}

async function build(names: string[], options: Options): Promise<void> {
  const {tool, directory, all, chosen, build: make} = await setUp(names, options);
  const images: Image[] = [];
  for (const recipe of chosen) {
    const image = await make(recipe, false);
    await smokeTest(tool, recipe.name, {directory, digest: image.digest});
    images.push(image);
  }
  await writeList(directory, all);
  console.log(`\n${tableOf(images)}\n\nArchives, bills of materials and images.json: ${directory}`);
}

/** Writes images.json: every image that is here, also those that this run did not touch. */
async function writeList(directory: string, all: readonly Recipe[]): Promise<void> {
  const images = await Promise.all(all.map(({name}) => keptImage(directory, name)));
  await writeFile(
    join(directory, 'images.json'),
    `${JSON.stringify(
      images.filter((image) => image !== undefined),
      undefined,
      1,
    )}\n`,
  );
}

/** Builds twice and compares. @throws ImagesError that names what differs */
async function check(names: string[], options: Options): Promise<void> {
  const {directory, all, chosen, build: make} = await setUp(names, options);
  const different: string[] = [];
  for (const recipe of chosen) {
    const [first, second] = [await make(recipe, true), await make(recipe, true)];
    progress(
      `${recipe.name}: ${first.digest} ${first.digest === second.digest ? 'twice' : `and then ${second.digest}`}`,
    );
    if (first.digest !== second.digest) different.push(recipe.name);
  }
  await writeList(directory, all);
  if (different.length > 0) throw new ImagesError(`Not the same image when built again: ${different.join(', ')}.`);
}

function tableOf(images: readonly Image[]): string {
  const rows = [
    ['image', 'digest', 'archive', 'own files'],
    ...images.map((i) => [`${i.name}:${i.tag}`, i.digest, megabytes(i.bytes), megabytes(i.stagedBytes)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

const program = new Command('images').description('Builds the images of VitalVault.').showHelpAfterError();
for (const [name, description, action] of [
  ['build', 'build what has changed, try each image, write archives and images.json', build],
  ['check', 'build images twice and compare their digests', check],
] as const) {
  program
    .command(name)
    .description(description)
    .argument('[names...]', 'images; all if none is named')
    .option('--base <image>', 'base image, or debootstrap')
    .option('--refresh', "make the bases anew, with today's packages")
    .option('--registry <prefix>', 'first part of the names', LOCAL_REGISTRY)
    .action(action);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(
    `\n${error instanceof ImagesError ? error.message : error instanceof Error ? (error.stack ?? '') : String(error)}`,
  );
  process.exitCode = 1;
}
