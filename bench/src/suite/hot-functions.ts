import type {Profiler} from 'node:inspector';

/** What of a V8 CPU profile is read. */
export type CpuProfile = Pick<Profiler.Profile, 'nodes' | 'samples' | 'timeDeltas'>;

export interface HotFunction {
  /** Function and place. */
  readonly name: string;
  /** Of the time of all profiles, spent in itself. */
  readonly share: number;
}

/** The `count` functions in which most of the time of `profiles` was spent. */
export function hotFunctions(profiles: readonly CpuProfile[], count: number): HotFunction[] {
  const times = new Map<string, number>();
  for (const {nodes, samples = [], timeDeltas = []} of profiles) {
    const names = new Map(nodes.map(({id, callFrame}) => [id, nameOf(callFrame)]));
    samples.forEach((id, i) => {
      const name = names.get(id) ?? 'unknown';
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0));
    });
  }
  for (const name of times.keys()) if (name === '(idle)' || name.includes('node:inspector')) times.delete(name);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({name, share: time / total}))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);
}

function nameOf({functionName, url, lineNumber}: Profiler.ProfileNode['callFrame']): string {
  const place = url === '' ? '' : ` ${url.split('/').slice(-3).join('/')}:${String(lineNumber + 1)}`;
  return `${functionName || 'anonymous'}${place}`;
}
