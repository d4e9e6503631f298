import {z} from 'zod';

const metadata = z.looseObject({name: z.string(), labels: z.record(z.string(), z.string()).default({})});
const items = z.array(z.looseObject({key: z.string(), path: z.string()})).optional();
const volume = z.looseObject({
  name: z.string(),
  secret: z.looseObject({secretName: z.string(), items}).optional(),
  projected: z
    .looseObject({sources: z.array(z.looseObject({secret: z.looseObject({name: z.string(), items}).optional()}))})
    .optional(),
  emptyDir: z.looseObject({}).optional(),
  persistentVolumeClaim: z.looseObject({}).optional(),
  ephemeral: z.looseObject({}).optional(),
});
const container = z.looseObject({
  name: z.string(),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z.looseObject({configMapKeyRef: z.looseObject({name: z.string()}).optional()}).optional(),
      }),
    )
    .default([]),
  volumeMounts: z
    .array(z.looseObject({name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false)}))
    .default([]),
});
const podSpec = z.looseObject({
  nodeName: z.string().default(''),
  containers: z.array(container),
  initContainers: z.array(container).default([]),
  volumes: z.array(volume).default([]),
});
const statuses = z
  .array(
    z.looseObject({
      name: z.string(),
      restartCount: z.number(),
      state: z.looseObject({waiting: z.looseObject({}).optional()}).default({}),
    }),
  )
  .default([]);
const pod = z.looseObject({
  metadata,
  spec: podSpec,
  status: z.looseObject({
    podIP: z.string().default(''),
    conditions: z.array(z.looseObject({type: z.string(), status: z.string()})).default([]),
    containerStatuses: statuses,
    initContainerStatuses: statuses,
  }),
});
const service = z.looseObject({metadata, spec: z.looseObject({clusterIP: z.string().default('None')})});

/** What this program reads of Kubernetes' objects; everything else of them is left as it is. */
export const podList = z.looseObject({items: z.array(pod)});
export const serviceList = z.looseObject({items: z.array(service)});
export const deployment = z.looseObject({spec: z.looseObject({template: z.looseObject({spec: podSpec})})});
export const configMap = z.looseObject({metadata, data: z.record(z.string(), z.string()).default({})});
export const secret = z.looseObject({data: z.record(z.string(), z.string()).default({})});
export const statsSummary = z.looseObject({
  pods: z.array(
    z.looseObject({
      podRef: z.looseObject({name: z.string(), namespace: z.string()}),
      containers: z
        .array(z.looseObject({memory: z.looseObject({workingSetBytes: z.number().default(0)}).optional()}))
        .default([]),
    }),
  ),
});

export type Pod = z.infer<typeof pod>;
export type Service = z.infer<typeof service>;
export type PodSpec = z.infer<typeof podSpec>;

export const componentOf = ({metadata: {labels}}: Pod | Service): string => labels['app.kubernetes.io/component'] ?? '';

export const isReady = ({status}: Pod): boolean =>
  status.conditions.some(({type, status: is}) => type === 'Ready' && is === 'True');

/** Directories that a pod may write, each with a container that has it mounted. */
export function writableDirectories({spec}: Pod): {container: string; path: string}[] {
  const writable = new Set(
    spec.volumes.filter((one) => one.emptyDir ?? one.persistentVolumeClaim ?? one.ephemeral).map(({name}) => name),
  );
  const found = new Map<string, {container: string; path: string}>();
  for (const {name, volumeMounts} of spec.containers) {
    for (const mount of volumeMounts) {
      if (writable.has(mount.name) && !found.has(mount.name))
        found.set(mount.name, {container: name, path: mount.mountPath});
    }
  }
  return [...found.values()];
}

/** The Secret and key that stand behind a file of a pod. */
export function secretBehind({containers, volumes}: PodSpec, path: string): {secret: string; key: string} | undefined {
  const mounts = containers
    .flatMap(({volumeMounts}) => volumeMounts)
    .filter(({mountPath}) => path.startsWith(`${mountPath}/`));
  const mount = mounts.toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
  const volume = volumes.find(({name}) => name === mount?.name);
  if (mount === undefined || volume === undefined) return undefined;
  const below = path.slice(mount.mountPath.length + 1);
  const own = volume.secret === undefined ? [] : [{...volume.secret, name: volume.secret.secretName}];
  for (const source of [...own, ...(volume.projected?.sources ?? []).flatMap((one) => one.secret ?? [])]) {
    const key = source.items === undefined ? below : source.items.find((item) => item.path === below)?.key;
    if (key !== undefined) return {secret: source.name, key};
  }
  return undefined;
}
