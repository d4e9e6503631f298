import {z} from 'zod';
import {CliError} from '../cli-error.js';
import type {Start} from '../ops/run-at-service.js';
import {broken, degraded, ok} from './finding.js';
import type {Finding} from './finding.js';
import {spaceFinding} from './look-at-machine.js';

const container = z.looseObject({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.int(),
  state: z.looseObject({waiting: z.looseObject({reason: z.string().default('')}).optional()}).default({}),
});
const podList = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({name: z.string(), labels: z.record(z.string(), z.string()).default({})}),
      status: z.looseObject({
        phase: z.string(),
        containerStatuses: z.array(container).default([]),
        initContainerStatuses: z.array(container).default([]),
      }),
    }),
  ),
});
type Pod = z.infer<typeof podList>['items'][number];

const toldFindings = z.object({
  findings: z.array(
    z.object({
      part: z.string(),
      state: z.enum(['ok', 'degraded', 'broken']),
      what: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

/** The container of a pod in which `vv` can look at what is set, by component. */
const OURS: Readonly<Record<string, string>> = {
  ingest: 'ingest',
  policy: 'policy',
  storage: 'storage',
  notify: 'notify',
  validator: 'abci',
};
/** And those whose volume only is looked at. */
const STORES: Readonly<Record<string, string>> = {ipfs: 'kubo', kafka: 'kafka', postgres: 'postgres'};
const MANY_RESTARTS = 3;
const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

export interface Release {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Every pod of a release, by kubectl: whether it is ready, and what is found inside. @throws CliError */
export async function lookAtRelease({name, namespace}: Release, start: Start): Promise<Finding[]> {
  const where = namespace === undefined ? [] : ['--namespace', namespace];
  const label = `app.kubernetes.io/instance=${name}`;
  const found = await start('kubectl', [...where, 'get', 'pods', '--selector', label, '--output', 'json'], {
    output: true,
  });
  const pods = found.code === 0 ? podList.parse(JSON.parse(found.output)).items : [];
  const running = pods.filter(({status}) => !ENDED.has(status.phase));
  if (running.length === 0)
    throw new CliError('release-missing', `There are no pods of a release ${name} in this namespace.`, {
      remedy: 'See `helm list`; name --release and --namespace.',
    });
  const inside = await Promise.all(running.map(async (pod) => [podFindings(pod), await lookInside(pod, where, start)]));
  return inside.flat(2);
}

function podFindings({metadata, status}: Pod): Finding[] {
  const part = `pod ${metadata.name}`;
  const all = [...status.initContainerStatuses, ...status.containerStatuses];
  const waiting = all.find(({state}) => state.waiting !== undefined && state.waiting.reason !== 'PodInitializing');
  const look = `kubectl describe pod ${metadata.name}; kubectl logs ${metadata.name} --all-containers --previous`;
  if (waiting !== undefined) return [broken(part, `${waiting.name}: ${waiting.state.waiting?.reason ?? ''}`, look)];
  if (!status.containerStatuses.every(({ready}) => ready) || status.containerStatuses.length === 0)
    return [broken(part, `not ready (${status.phase})`, look)];
  const restarts = Math.max(...all.map(({restartCount}) => restartCount));
  return restarts > MANY_RESTARTS ? [degraded(part, `restarted ${String(restarts)} times`, look)] : [ok(part, 'ready')];
}

async function lookInside({metadata, status}: Pod, where: readonly string[], start: Start): Promise<Finding[]> {
  const component = metadata.labels['app.kubernetes.io/component'] ?? '';
  const [ours, store] = [OURS[component], STORES[component]];
  const name = ours ?? store;
  const isUp = [...status.initContainerStatuses, ...status.containerStatuses].some(
    (one) => one.name === name && one.ready,
  );
  if (name === undefined || !isUp) return [];
  const command =
    ours === undefined ? ['df', '-Pk', '/data'] : ['node', 'apps/cli/dist/main.js', 'doctor', '--here', '--json'];
  const exec = [...where, 'exec', metadata.name, '--container', name, '--', ...command];
  const {output} = await start('kubectl', exec, {output: true});
  const findings = ours === undefined ? roomOf(output) : findingsOf(output);
  return findings.map((finding) => ({...finding, part: `${metadata.name}: ${finding.part}`}));
}

function findingsOf(output: string): Finding[] {
  try {
    return toldFindings
      .parse(JSON.parse(output))
      .findings.map(({remedy, ...finding}) => ({...finding, ...(remedy === undefined ? {} : {remedy})}));
  } catch {
    return [broken('inside', 'nothing could be asked there', 'May you exec into its pods? Look at its log.')];
  }
}

/** Of POSIX' df: the second line has size, used and free in KiB. */
export function roomOf(output: string): Finding[] {
  const [, size, free] = /^\S+\s+(\d+)\s+\d+\s+(\d+)\s+\d+%/m.exec(output) ?? [];
  if (size === undefined || free === undefined)
    return [degraded('volume', 'its room could not be asked', 'May you exec into its pods?')];
  return [spaceFinding('volume', {free: Number(free) * 1_024, size: Number(size) * 1_024})];
}
