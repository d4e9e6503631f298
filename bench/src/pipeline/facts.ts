import type {Fact} from '../suite/row.js';
import type {Moment} from './pipeline.js';

const MIB = 1_048_576;

/** What had come how far, at each moment, since the first. */
export function timeline(moments: readonly Moment[]): string {
  const [first] = moments;
  return moments
    .map(({atMs, accepted, taken, packed, anchored}) => {
      const seconds = Math.round((atMs - (first?.atMs ?? atMs)) / 1_000);
      return `${seconds} s: ${accepted}, ${taken}, ${packed}, ${anchored}`;
    })
    .join(' · ');
}

/** What each process took between two moments, for a record that was anchored; processes of one kind together. */
export function costFacts(from: Moment, to: Moment): Fact[] {
  const kinds = new Map<string, {cpuMs: number; before: number; after: number}>();
  for (const [name, use] of to.uses) {
    const before = from.uses.get(name) ?? use;
    const kind = name.replace(/-\d+$/, '');
    const sum = kinds.get(kind) ?? {cpuMs: 0, before: 0, after: 0};
    kinds.set(kind, {
      cpuMs: sum.cpuMs + use.cpuMs - before.cpuMs,
      before: sum.before + before.bytes,
      after: sum.after + use.bytes,
    });
  }
  const records = Math.max(1, to.anchored - from.anchored);
  const busiest = [...kinds].sort(([, a], [, b]) => b.cpuMs - a.cpuMs);
  const all = busiest.reduce((sum, [, {cpuMs}]) => sum + cpuMs, 0);
  const mib = (bytes: number): string => (bytes / MIB).toFixed(0);
  return [
    {
      title: 'CPU for a record, ms',
      value: [['all', all] as const, ...busiest.map(([kind, {cpuMs}]) => [kind, cpuMs] as const)]
        .map(([kind, cpuMs]) => `${kind} ${(cpuMs / records).toFixed(2)}`)
        .join(' · '),
    },
    {
      title: 'memory, MiB, at the first and the last moment',
      value: busiest.map(([kind, {before, after}]) => `${kind} ${mib(before)} → ${mib(after)}`).join(' · '),
    },
  ];
}
