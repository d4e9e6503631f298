import type {Container, KubernetesObject} from './kubernetes-object.ts';
import {containersOf, podsOf} from './pods.ts';
import type {MadePod} from './pods.ts';

/** Containers that speak with the Kubernetes API. */
const HOOKS = new Set(['identities', 'restart']);

/**
 * Each rule of a pod: [what it demands, whether a pod keeps it]. What PodSecurity `restricted` asks for, and what we
 * ask for beyond.
 */
const POD_RULES: readonly [string, (pod: MadePod) => boolean][] = [
  ['runs as no root', ({spec}) => spec.securityContext?.runAsNonRoot === true],
  ["has the runtime's seccomp profile", ({spec}) => spec.securityContext?.seccompProfile?.type === 'RuntimeDefault'],
  [
    'pins no user and no group',
    (pod) =>
      [pod.spec, ...containersOf(pod)].every(
        ({securityContext: c}) => c?.runAsUser === undefined && c?.runAsGroup === undefined,
      ),
  ],
  [
    'shares nothing with its node',
    ({spec}) =>
      spec.hostNetwork !== true &&
      spec.hostPID !== true &&
      spec.hostIPC !== true &&
      (spec.volumes ?? []).every((volume) => volume.hostPath === undefined),
  ],
  ['has no environment of every Service', ({spec}) => spec.enableServiceLinks === false],
  [
    'has a token of the API only if it is one of the two hooks',
    ({spec, labels}) =>
      spec.automountServiceAccountToken ===
      (labels['app.kubernetes.io/component'] === 'installer' && HOOKS.has(spec.containers[0]?.name ?? '')),
  ],
  [
    'has volumes of the kinds that restricted allows',
    ({spec}) =>
      (spec.volumes ?? []).every((volume) =>
        [
          'configMap',
          'csi',
          'downwardAPI',
          'emptyDir',
          'ephemeral',
          'persistentVolumeClaim',
          'projected',
          'secret',
        ].some((kind) => volume[kind] !== undefined),
      ),
  ],
  [
    'keeps every emptyDir below a size, or as the place of its data',
    ({spec}) =>
      (spec.volumes ?? []).every(
        ({name, emptyDir}) => emptyDir === undefined || emptyDir.sizeLimit !== undefined || name === 'data',
      ),
  ],
];
const CONTAINER_RULES: readonly [string, (container: Container) => boolean][] = [
  [
    'gains no privilege',
    (c) => c.securityContext?.allowPrivilegeEscalation === false && c.securityContext.privileged !== true,
  ],
  ['drops all capabilities', (c) => JSON.stringify(c.securityContext?.capabilities) === '{"drop":["ALL"]}'],
  ['has a root file system that cannot be written', (c) => c.securityContext?.readOnlyRootFilesystem === true],
  [
    'asks for CPU and memory, and has a limit of memory',
    (c) =>
      c.resources?.requests?.cpu !== undefined &&
      c.resources.requests.memory !== undefined &&
      c.resources.limits?.memory !== undefined,
  ],
  ['has a /tmp', (c) => (c.volumeMounts ?? []).some(({mountPath}) => mountPath === '/tmp')],
  ['names its command', (c) => Array.isArray(c.command)],
  [
    'takes no secret from its environment',
    (c) => (c.env ?? []).every(({valueFrom}) => valueFrom?.secretKeyRef === undefined),
  ],
];
const SERVING = new Set(['Deployment', 'StatefulSet']);

/** Every rule that a pod of `objects` breaks, in words. */
export function brokenPodRules(objects: readonly KubernetesObject[]): string[] {
  return podsOf(objects).flatMap((pod) => [
    ...POD_RULES.filter(([, keeps]) => !keeps(pod)).map(([rule]) => `${pod.owner}: not true that it ${rule}`),
    ...containersOf(pod).flatMap((container) =>
      CONTAINER_RULES.filter(([, keeps]) => !keeps(container)).map(
        ([rule]) => `${pod.owner}, ${container.name}: not true that it ${rule}`,
      ),
    ),
    ...(SERVING.has(pod.object.kind)
      ? pod.spec.containers
          .filter((c) => c.livenessProbe === undefined || c.readinessProbe === undefined)
          .map((c) => `${pod.owner}, ${c.name}: has no probes`)
      : []),
  ]);
}
