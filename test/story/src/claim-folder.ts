import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {StoryError} from './story-error.js';

/** A release of the chart, as its folder on this machine names it. */
export interface ReleaseName {
  namespace: string;
  release: string;
}

/** File that says whose a folder is. The launcher writes one into the folder of a local system. */
const MARK = 'system.json';

/** Folder of this machine for what belongs to a release, when no other is named. */
export function releaseFolder({namespace, release}: ReleaseName): string {
  return join('var-kubernetes', `${namespace}.${release}`);
}

/**
 * Makes the folder that of a release, or finds that it is. Nothing is written into a folder of anything else.
 * @throws StoryError
 */
export function claimFolder(folder: string, {namespace, release}: ReleaseName): void {
  mkdirSync(folder, {recursive: true, mode: 0o700});
  if (readdirSync(folder).length === 0)
    writeFileSync(join(folder, MARK), `${JSON.stringify({site: 'kubernetes', namespace, release}, undefined, 2)}\n`);
  const mark = markOf(folder);
  if (mark?.['site'] !== 'kubernetes' || mark['namespace'] !== namespace || mark['release'] !== release)
    throw new StoryError(`${folder} ${ownerText(mark)}, not the release ${namespace}/${release}.`, {
      remedy: `Name an empty or new folder with --data; without --data it is ${releaseFolder({namespace, release})}.`,
    });
}

/** @throws StoryError unless it is the folder of a system that the launcher made */
export function requireLocalSystem(folder: string): void {
  const mark = markOf(folder);
  if (mark !== undefined && mark['site'] !== undefined)
    throw new StoryError(`${folder} ${ownerText(mark)}, not a system of processes.`, {
      remedy: 'Name the folder of a system that `make up` started with --data, or say --site kubernetes.',
    });
}

function markOf(folder: string): Record<string, unknown> | undefined {
  const path = join(folder, MARK);
  if (!existsSync(path)) return undefined;
  try {
    const mark: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof mark === 'object' && mark !== null ? (mark as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function ownerText(mark: Record<string, unknown> | undefined): string {
  if (mark === undefined) return 'holds other files';
  if (mark['site'] === 'kubernetes') return `holds the release ${String(mark['namespace'])}/${String(mark['release'])}`;
  return typeof mark['chainId'] === 'string'
    ? `holds the local system ${mark['chainId']}`
    : 'holds a system that cannot be named';
}
