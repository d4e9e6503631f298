import {REPOSITORY} from './config.js';
import {run} from './run.js';

export interface Revision {
  /** Commit that last changed what the image is made from; `-dirty` if the working tree differs from it. */
  id: string;
  created: Date;
}

/** An image keeps its digest while nothing that goes into it changes, so its commit is that of its own sources. */
export async function revisionOf(paths: readonly string[]): Promise<Revision> {
  const git = (...args: string[]) => run('git', [...args, '--', ...paths], {cwd: REPOSITORY});
  const [id = '', seconds = '0'] = (await git('log', '-1', '--format=%H %ct')).trim().split(' ');
  const dirty = (await git('status', '--porcelain')).trim() !== '';
  return {id: id === '' ? 'uncommitted' : dirty ? `${id}-dirty` : id, created: new Date(Number(seconds) * 1_000)};
}
