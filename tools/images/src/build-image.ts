import {createHash} from 'node:crypto';
import {lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CONTAINERFILES} from './config.js';
import type {Bases} from './base/bases.js';
import {contentHash} from './content-hash.js';
import {megabytes, progress} from './progress.js';
import {revisionOf} from './revision.js';
import {makeBom} from './sbom/bom.js';
import type {Recipe} from './stage/recipe.js';
import {settleTree} from './stage/settle-tree.js';
import type {ContainerTool} from './tool/container-tool.js';

export interface Image {
  /** `<registry>/vitalvault/<name>` */
  name: string;
  tag: string;
  digest: string;
  /** Of the archive. */
  bytes: number;
  /** Of everything in it, unpacked, without the base. */
  stagedBytes: number;
  revision: string;
  base: string;
  /** Hash of what it was made from. */
  key: string;
}

export interface ImageBuild {
  tool: ContainerTool;
  bases: Bases;
  /** Where archives, lists and bills of materials go. */
  directory: string;
  registry: string;
  tag: string;
  /** Build although an image of the same contents is here. */
  again: boolean;
}

/** Builds one image, its archive and its bill of materials, unless the same is here already. */
export async function buildImage(recipe: Recipe, to: ImageBuild): Promise<Image> {
  const [base, jdk] = [
    await to.bases.get(recipe.base),
    recipe.jdk === undefined ? undefined : await to.bases.get(recipe.jdk),
  ];
  const containerfiles = join(CONTAINERFILES, recipe.containerfile);
  const revision = await revisionOf([...recipe.sources, `deploy/images/${recipe.containerfile}`]);
  const name = `${to.registry}/vitalvault/${recipe.name}`;
  const labels = labelsOf({recipe, tag: to.tag, revision, base});
  const made = [
    to.tool.name,
    name,
    labels,
    jdk?.digest,
    await recipe.inputs(),
    await contentHash([containerfiles, import.meta.dirname], (path) => !path.includes('/smoke/')),
  ];
  const key = createHash('sha256').update(JSON.stringify(made)).digest('hex');
  const archive = join(to.directory, `${recipe.name}.tar`);
  if (!to.again) {
    const kept = await keptImage(to.directory, recipe.name);
    if (kept?.key === key) return kept;
  }

  progress(`building ${recipe.name}`);
  const context = await mkdtemp(join(tmpdir(), `vv-image-${recipe.name}-`));
  const root = join(context, 'rootfs');
  try {
    await mkdir(root);
    const own = await recipe.stage({root, cache: join(to.directory, 'staging')});
    const runtime = jdk?.components.filter((c) => c.name === 'openjdk-17-jre-headless') ?? [];
    const bom = JSON.stringify(
      makeBom({name, version: to.tag, created: revision.created}, [...base.components, ...runtime, ...own]),
      undefined,
      1,
    );
    await mkdir(join(root, 'usr/share/sbom'), {recursive: true});
    await writeFile(join(root, 'usr/share/sbom', `${recipe.name}.cdx.json`), bom, {mode: 0o644});
    await settleTree(root, revision.created);
    const reference = `${name}:${to.tag}`;
    const args = {BASE: base.reference, ...(jdk === undefined ? {} : {JDK_BASE: jdk.reference})};
    await to.tool.build({
      reference,
      containerfile: join(containerfiles, 'Containerfile'),
      context,
      args,
      labels,
      created: revision.created,
    });
    const digest = await to.tool.save(reference, `${archive}.new`);
    const image: Image = {
      name,
      tag: to.tag,
      digest,
      bytes: (await stat(`${archive}.new`)).size,
      stagedBytes: await sizeOfTree(root),
      revision: revision.id,
      base: base.digest,
      key,
    };
    await rename(`${archive}.new`, archive);
    await writeFile(join(to.directory, `${recipe.name}.cdx.json`), bom);
    await writeFile(join(to.directory, `${recipe.name}.json`), JSON.stringify(image));
    progress(`built ${recipe.name}: ${megabytes(image.bytes)}`);
    return image;
  } finally {
    await rm(context, {recursive: true, force: true});
  }
}

interface LabelFacts {
  recipe: Recipe;
  tag: string;
  revision: {id: string; created: Date};
  base: {reference: string; digest: string};
}

function labelsOf({recipe, tag, revision, base}: LabelFacts): Record<string, string> {
  const facts = {
    title: recipe.title,
    version: tag,
    revision: revision.id,
    created: revision.created.toISOString(),
    licenses: recipe.licenses,
    'base.name': base.reference,
    'base.digest': base.digest,
  };
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`org.opencontainers.image.${name}`, value]));
}

/** @returns the image of an earlier run, if its archive is still whole */
export async function keptImage(directory: string, name: string): Promise<Image | undefined> {
  const image = await readFile(join(directory, `${name}.json`), 'utf8')
    .then((text) => JSON.parse(text) as Image)
    .catch(() => undefined);
  const size = await stat(join(directory, `${name}.tar`)).then(
    (status) => status.size,
    () => 0,
  );
  return image?.bytes === size ? image : undefined;
}

async function sizeOfTree(root: string): Promise<number> {
  const entries = await readdir(root, {recursive: true});
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const s = await lstat(join(root, entry));
      return s.isFile() ? s.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
