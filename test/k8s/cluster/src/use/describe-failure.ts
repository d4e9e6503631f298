import type {Kubectl} from './kubectl.js';

interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state: {waiting?: unknown; running?: unknown; terminated?: {exitCode: number}};
}

interface Pod {
  metadata: {name: string};
  status: {phase: string; initContainerStatuses?: ContainerStatus[]; containerStatuses?: ContainerStatus[]};
}

const LOG_LINES = '40';

const statusesOf = ({status}: Pod) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];

function isAtFault(pod: Pod): boolean {
  if (pod.status.phase === 'Succeeded') return false;
  return pod.status.phase !== 'Running' || (pod.status.containerStatuses ?? []).some(({ready}) => !ready);
}

async function logsOf(kubectl: Kubectl, namespace: string, pod: Pod): Promise<string[]> {
  const parts: string[] = [];
  for (const {name, restartCount, state} of statusesOf(pod)) {
    // An init container that did its work has nothing to say about the fault.
    if (state.terminated?.exitCode === 0 || (state.waiting !== undefined && restartCount === 0)) continue;
    for (const previous of restartCount > 0 ? [true, false] : [false]) {
      const {stdout, stderr} = await kubectl.try([
        'logs',
        '-n',
        namespace,
        pod.metadata.name,
        '-c',
        name,
        `--tail=${LOG_LINES}`,
        ...(previous ? ['--previous'] : []),
      ]);
      parts.push(
        `--- log of ${pod.metadata.name}, ${name}${previous ? ', before its restart' : ''}\n${(stdout || stderr).trimEnd()}`,
      );
    }
  }
  return parts;
}

/**
 * For a person who reads a failed run: each pod that is not as it should be, with its events and logs, and everything
 * that waits.
 */
export async function describeFailure(kubectl: Kubectl, namespace: string): Promise<string> {
  const {items} = await kubectl.get<{items: Pod[]}>('pods', '-n', namespace);
  const parts = [
    (
      await kubectl.try([
        'get',
        'pods,jobs,statefulsets,deployments,persistentvolumeclaims',
        '-n',
        namespace,
        '-o',
        'wide',
      ])
    ).stdout.trimEnd(),
  ];
  for (const pod of items.filter(isAtFault)) {
    parts.push(
      `--- ${pod.metadata.name}\n${(await kubectl.try(['describe', 'pod', '-n', namespace, pod.metadata.name])).stdout.trimEnd()}`,
    );
    parts.push(...(await logsOf(kubectl, namespace, pod)));
  }
  // What has no pod, such as a Job that PodSecurity refused or a claim without a volume, tells its reason in events
  // only.
  parts.push(
    `--- warnings in ${namespace}\n${(await kubectl.try(['events', '-n', namespace, '--types=Warning'])).stdout.trimEnd()}`,
  );
  return parts.join('\n\n');
}
