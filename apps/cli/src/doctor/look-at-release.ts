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
const workloadList = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({labels: z.record(z.string(), z.string()).default({})}),
      spec: z.looseObject({replicas: z.int().default(1)}),
    }),
  ),
});

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
/** What every release has. */
const ALWAYS = [...Object.keys(OURS), 'ipfs'];
const COMPONENT = 'app.kubernetes.io/component';
const MANY_RESTARTS = 3;
const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

export interface Release {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Every pod of a release, by kubectl: whether it is there and ready, and what is found inside. @throws CliError */
export async function lookAtRelease({name, namespace}: Release, start: Start): Promise<Finding[]> {
  const where = namespace === undefined ? [] : ['--namespace', namespace];
  const label = `app.kubernetes.io/instance=${name}`;
  const get = (kinds: string) =>
    start('kubectl', [...where, 'get', kinds, '--selector', label, '--output', 'json'], {output: true});
  const found = await get('pods');
  const pods = found.code === 0 ? podList.parse(JSON.parse(found.output)).items : [];
  const running = pods.filter(({status}) => !ENDED.has(status.phase));
  if (running.length === 0)
    throw new CliError('release-missing', `There are no pods of a release ${name} in this namespace.`, {
      remedy: 'See `helm list`; name --release and --namespace.',
    });
  const workloads = await get('deployments,statefulsets');
  const inside = await Promise.all(running.map(async (pod) => [podFindings(pod), await lookInside(pod, where, start)]));
  return [...(workloads.code === 0 ? missingPods(workloads.output, running) : [unknownPods]), ...inside.flat(2)];
}

const unknownPods = degraded(
  'release',
  'which pods there should be could not be asked',
  'May you get its deployments and statefulsets?',
);

// A pod that was never made says nothing, and is not ready nowhere.
function missingPods(output: string, pods: readonly Pod[]): Finding[] {
  const wanted = new Map(ALWAYS.map((component) => [component, 0]));
  for (const {metadata, spec} of workloadList.parse(JSON.parse(output)).items) {
    const component = metadata.labels[COMPONENT] ?? '';
    wanted.set(component, (wanted.get(component) ?? 0) + spec.replicas);
  }
  return [...wanted].flatMap(([component, replicas]) => {
    const there = pods.filter(({metadata}) => metadata.labels[COMPONENT] === component).length;
    if (replicas > 0 && there >= replicas) return [];
    const what = replicas === 0 ? 'there is none, and none is asked for' : `${there} of ${replicas} pods are there`;
    return [broken(component, what, 'Scaled to 0 or deleted? If not: kubectl get events says why none is made.')];
  });
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
  const component = metadata.labels[COMPONENT] ?? '';
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
