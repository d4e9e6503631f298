import {podsOf} from './pods.mjs';

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LABEL = /^$|^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Longest name of a kind: a StatefulSet's pods get a label of its name and a hash, a Job's pods a suffix. */
const LONGEST = {StatefulSet: 52, Job: 63, Service: 63};

/** Names that Kubernetes would refuse, names given twice, and references that lead nowhere. */
export function brokenNameRules(objects) {
  const faults = [];
  const seen = new Set();
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

function brokenReferences(objects) {
  const faults = [];
  const there = new Set(objects.map(({kind, metadata}) => `${kind} ${metadata.name}`));
  const plan = objects.find(({kind, metadata}) => kind === 'ConfigMap' && metadata.name.endsWith('-identities-plan'));
  const made =
    plan === undefined
      ? undefined
      : new Set(plan.data['plan.json'].match(/"(?:[a-z0-9-]+)"/g).map((word) => word.slice(1, -1)));
  const exists = (kind, name) => there.has(`${kind} ${name}`) || made === undefined || made.has(name);
  for (const pod of podsOf(objects)) {
    if (Object.keys(pod.labels).length === 0) faults.push(`${pod.owner}: no labels`);
    if (!exists('ServiceAccount', pod.spec.serviceAccountName))
      faults.push(`${pod.owner}: no ServiceAccount ${pod.spec.serviceAccountName}`);
    for (const map of JSON.stringify(pod.spec).matchAll(/"(?:configMap|configMapKeyRef)":\{[^}]*"name":"([^"]+)"/g))
      if (!exists('ConfigMap', map[1])) faults.push(`${pod.owner}: no ConfigMap ${map[1]}`);
    const names = new Set(
      (pod.spec.volumes ?? [])
        .map(({name}) => name)
        .concat((pod.object.spec.volumeClaimTemplates ?? []).map(({metadata}) => metadata.name)),
    );
    for (const {name, volumeMounts = []} of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      for (const mount of volumeMounts)
        if (!names.has(mount.name)) faults.push(`${pod.owner}, ${name}: no volume ${mount.name}`);
    }
  }
  for (const {kind, metadata, spec} of objects) {
    if (kind !== 'Service') continue;
    const chosen = podsOf(objects).filter(({labels}) =>
      Object.entries(spec.selector).every(([key, value]) => labels[key] === value),
    );
    if (chosen.length !== 1) faults.push(`Service ${metadata.name}: chooses ${String(chosen.length)} kinds of pods`);
    const ports = new Set(
      chosen.flatMap((pod) =>
        [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap(({ports: own = []}) =>
          own.map(({name}) => name),
        ),
      ),
    );
    for (const {targetPort} of spec.ports)
      if (!ports.has(targetPort)) faults.push(`Service ${metadata.name}: no port ${targetPort}`);
  }
  return faults;
}
