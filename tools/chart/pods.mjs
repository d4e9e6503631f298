/** Pods that objects make: {owner, labels, spec}; a hook's pod is one too. */
export function podsOf(objects) {
  return objects.flatMap((object) => {
    const template = object.kind === 'Pod' ? object : object.spec?.template;
    if (template?.spec?.containers === undefined) return [];
    return [
      {owner: `${object.kind} ${object.metadata.name}`, labels: template.metadata.labels, spec: template.spec, object},
    ];
  });
}

/** All containers of a pod. */
export const containersOf = ({spec}) => [...(spec.initContainers ?? []), ...spec.containers];
