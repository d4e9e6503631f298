import type {KubernetesObject} from './kubernetes-object.ts';
import {containersOf, podsOf} from './pods.ts';
import type {MadePod} from './pods.ts';

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LABEL = /^$|^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Longest name of a kind: a StatefulSet's pods get a label of its name and a hash, a Job's pods a suffix. */
const LONGEST: Readonly<Record<string, number>> = {StatefulSet: 52, Job: 63, Service: 63};

/** Names that Kubernetes would refuse, names given twice, and references that lead nowhere. */
export function brokenNameRules(objects: readonly KubernetesObject[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const {kind, apiVersion, metadata} of objects) {
    const {name} = metadata;
    if (!NAME.test(name) || name.length > (LONGEST[kind] ?? 63)) faults.push(`${kind} ${name}: not a valid name`);
    if (seen.has(`${apiVersion} ${kind} ${name}`)) faults.push(`${kind} ${name}: twice`);
    seen.add(`${apiVersion} ${kind} ${name}`);
    for (const [key, value] of Object.entries(metadata.labels ?? {}))
      if (!LABEL.test(value)) faults.push(`${kind} ${name}: label ${key} is ${value}`);
  }
  return [...faults, ...brokenReferences(objects)];
}

function brokenReferences(objects: readonly KubernetesObject[]): string[] {
  const exists = whatExists(objects);
  const pods = podsOf(objects);
  const services = objects.filter(({kind}) => kind === 'Service');
  return [
    ...pods.flatMap((pod) => [...brokenNames(pod, exists), ...brokenMounts(pod)]),
    ...services.flatMap((service) => brokenService(service, pods)),
  ];
}

type Exists = (kind: string, name: string | undefined) => boolean;

/** What is rendered, and what the installer makes by its plan; where there is no plan anything may exist. */
function whatExists(objects: readonly KubernetesObject[]): Exists {
  const there = new Set(objects.map(({kind, metadata}) => `${kind} ${metadata.name}`));
  const plan = objects.find(({kind, metadata}) => kind === 'ConfigMap' && metadata.name.endsWith('-identities-plan'));
  const words = plan?.data?.['plan.json']?.match(/"(?:[a-z0-9-]+)"/g);
  const made = plan === undefined ? undefined : new Set((words ?? []).map((word) => word.slice(1, -1)));
  return (kind, name = '') => there.has(`${kind} ${name}`) || (made?.has(name) ?? true);
}

function brokenNames({owner, labels, spec}: MadePod, exists: Exists): string[] {
  const account = spec.serviceAccountName;
  const maps = JSON.stringify(spec).matchAll(/"(?:configMap|configMapKeyRef)":\{[^}]*"name":"([^"]+)"/g);
  return [
    ...(Object.keys(labels).length === 0 ? [`${owner}: no labels`] : []),
    ...(exists('ServiceAccount', account) ? [] : [`${owner}: no ServiceAccount ${account ?? ''}`]),
    ...[...maps].flatMap(([, map = '']) => (exists('ConfigMap', map) ? [] : [`${owner}: no ConfigMap ${map}`])),
  ];
}

function brokenMounts(pod: MadePod): string[] {
  const claims = pod.object.spec?.volumeClaimTemplates ?? [];
  const names = new Set([...(pod.spec.volumes ?? []), ...claims.map(({metadata}) => metadata)].map(({name}) => name));
  return containersOf(pod).flatMap(({name, volumeMounts = []}) =>
    volumeMounts
      .filter((mount) => !names.has(mount.name))
      .map((mount) => `${pod.owner}, ${name}: no volume ${mount.name}`),
  );
}

function brokenService({metadata, spec}: KubernetesObject, pods: readonly MadePod[]): string[] {
  const selector = Object.entries(spec?.selector ?? {});
  const chosen = pods.filter(({labels}) => selector.every(([key, value]) => labels[key] === value));
  const ports = new Set(chosen.flatMap(containersOf).flatMap(({ports: own = []}) => own.map(({name}) => name)));
  return [
    ...(chosen.length === 1 ? [] : [`Service ${metadata.name}: chooses ${String(chosen.length)} kinds of pods`]),
    ...(spec?.ports ?? [])
      .filter(({targetPort}) => !ports.has(targetPort))
      .map(({targetPort}) => `Service ${metadata.name}: no port ${targetPort}`),
  ];
}
