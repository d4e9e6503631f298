import {readFile} from 'node:fs/promises';
import {ClusterError} from '../cluster-error.js';
import type {Layout} from '../layout.js';
import {outcomeOf} from '../run.js';

const unescaped = (path: string) =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

async function mountsBelow(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trimEnd().split('\n');
  return lines.map((line) => unescaped(line.split(' ')[4] ?? '')).filter((path) => path.startsWith(`${folder}/`));
}

/**
 * Unmounts everything below the cluster's folder, the last mounted first. @throws ClusterError if something stays,
 * because deleting would go through it
 */
export async function unmountAll(layout: Layout): Promise<void> {
  for (const path of (await mountsBelow(layout.root)).reverse()) {
    const {code} = await outcomeOf('umount', [path]);
    if (code !== 0) await outcomeOf('umount', ['--lazy', path]);
  }
  const left = await mountsBelow(layout.root);
  if (left.length > 0)
    throw new ClusterError(`Still mounted, so ${layout.root} is not deleted:\n    ${left.join('\n    ')}`);
}
