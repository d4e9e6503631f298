import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** Seconds that the last `make up` took until everything was ready, if the launcher wrote it down. */
export function readySeconds(data: string): number | undefined {
  try {
    const {readyMs} = JSON.parse(readFileSync(join(data, 'run', 'last-up.json'), 'utf8')) as {readyMs?: number};
    return readyMs === undefined ? undefined : readyMs / 1000;
  } catch {
    return undefined;
  }
}
