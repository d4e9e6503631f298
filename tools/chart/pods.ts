import type {Container, KubernetesObject, Labels, PodSpec} from './kubernetes-object.ts';

/** A pod that an object makes. */
export interface MadePod {
  /** Kind and name of the object. */
  readonly owner: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
  readonly object: KubernetesObject;
}

/** Pods that objects make; a hook's pod is one too. */
export function podsOf(objects: readonly KubernetesObject[]): MadePod[] {
  return objects.flatMap((object) => {
    const owner = `${object.kind} ${object.metadata.name}`;
    const {spec} = object;
    if (object.kind === 'Pod')
      return spec?.containers === undefined
        ? []
        : [{owner, labels: object.metadata.labels ?? {}, spec: {...spec, containers: spec.containers}, object}];
    if (spec?.template === undefined) return [];
    return [{owner, labels: spec.template.metadata.labels, spec: spec.template.spec, object}];
  });
}

/** All containers of a pod. */
export const containersOf = ({spec}: Pick<MadePod, 'spec'>): Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];
