import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {cacheDirectory} from '../config.js';
import {ClusterError} from '../cluster-error.js';
import type {Layout} from '../layout.js';
import {CONTAINERD_NAMESPACE} from '../programs/containerd.js';
import {progress} from '../progress.js';
import {run} from '../run.js';

interface Image {
  /** With registry, without tag. */
  name: string;
  tag: string;
}

const ctr = (layout: Layout, ...args: string[]) =>
  run('ctr', ['--address', layout.containerd, '--namespace', CONTAINERD_NAMESPACE, ...args]);

export async function importArchive(layout: Layout, archive: string): Promise<void> {
  await ctr(layout, 'images', 'import', archive);
}

/** References of the images that the node has. */
export async function importedImages(layout: Layout): Promise<string[]> {
  return (await ctr(layout, 'images', 'ls', '-q')).split('\n').filter((line) => line !== '');
}

/**
 * Imports what `make images` built. @throws ClusterError if the node does not have each of them afterwards. @returns
 * the references
 */
export async function importImages(layout: Layout, folder = join(cacheDirectory(), 'images')): Promise<string[]> {
  const list = await readFile(join(folder, 'images.json'), 'utf8').catch(() => {
    throw new ClusterError(`There are no images in ${folder}. Run: make images`);
  });
  const references: string[] = [];
  for (const {name, tag} of JSON.parse(list) as Image[]) {
    await importArchive(layout, join(folder, `${name.split('/').at(-1) ?? name}.tar`));
    references.push(`${name}:${tag}`);
    progress(`imported ${name}:${tag}`);
  }
  const there = new Set(await importedImages(layout));
  const missing = references.filter((reference) => !there.has(reference));
  if (missing.length > 0)
    throw new ClusterError(
      `Imported, but not found by the name that the chart uses: ${missing.join(', ')}. The node has:\n    ${[...there].join('\n    ')}`,
    );
  return references;
}
