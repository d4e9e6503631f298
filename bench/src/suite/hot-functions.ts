import type {Profiler} from 'node:inspector';

/** What of a V8 CPU profile is read. */
export type CpuProfile = Pick<Profiler.Profile, 'nodes' | 'samples' | 'timeDeltas'>;

export interface HotFunction {
  /** Function and place. */
  readonly name: string;
  /** Of the time of all profiles. */
  readonly share: number;
}

/**
 * The `count` functions in which most of the time of `profiles` was spent.
 * @param of in themselves, or with all that they call
 */
export function hotFunctions(profiles: readonly CpuProfile[], count: number, of: 'self' | 'total'): HotFunction[] {
  const times = new Map<string, number>();
  let all = 0;
  for (const {nodes, samples = [], timeDeltas = []} of profiles) {
    const stacks = stacksOf(nodes);
    samples.forEach((id, i) => {
      const stack = stacks.get(id) ?? ['unknown'];
      const [self = 'unknown'] = stack;
      if (self === '(idle)' || self.includes('node:inspector')) return;
      const time = timeDeltas[i] ?? 0;
      all += time;
      for (const name of of === 'self' ? [self] : new Set(stack)) times.set(name, (times.get(name) ?? 0) + time);
    });
  }
  times.delete('(root)');
  return [...times]
    .map(([name, time]) => ({name, share: time / all}))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);
}

/** Names from each node up to the root. */
function stacksOf(nodes: CpuProfile['nodes']): Map<number, readonly string[]> {
  const stacks = new Map<number, readonly string[]>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const walk = (id: number, above: readonly string[]): void => {
    const node = byId.get(id);
    if (node === undefined || stacks.has(id)) return;
    const stack = [nameOf(node.callFrame), ...above];
    stacks.set(id, stack);
    for (const child of node.children ?? []) walk(child, stack);
  };
  const children = new Set(nodes.flatMap((node) => node.children ?? []));
  for (const {id} of nodes) if (!children.has(id)) walk(id, []);
  return stacks;
}

function nameOf({functionName, url, lineNumber}: Profiler.ProfileNode['callFrame']): string {
  const place = url === '' ? '' : ` ${url.split('/').slice(-3).join('/')}:${String(lineNumber + 1)}`;
  return `${functionName || 'anonymous'}${place}`;
}
