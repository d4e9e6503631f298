import {z} from 'zod';
import {InstallerError} from '../installer-error.js';
import type {SinglePod, SinglePods} from '../rolling/single-pods.js';
import type {ApiCall} from './api-call.js';

const statefulSetBody = z.object({
  metadata: z.object({generation: z.int()}),
  status: z.object({observedGeneration: z.int().default(0), updateRevision: z.string().optional()}),
});
const podBody = z.object({
  metadata: z.object({
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  status: z.object({conditions: z.array(z.object({type: z.string(), status: z.string()})).default([])}),
});
const OK = 200;
const ACCEPTED = 202;
const NOT_FOUND = 404;
const CONFLICT = 409;

/** StatefulSets of one pod in this pod's namespace, by the Kubernetes API. */
export class ApiSinglePods implements SinglePods {
  constructor(
    private readonly call: ApiCall,
    private readonly namespace: string,
  ) {}

  async look(name: string): Promise<SinglePod> {
    const set = await this.get(`/apis/apps/v1/namespaces/${this.namespace}/statefulsets/${name}`);
    if (set === undefined) throw new InstallerError(`There is no StatefulSet ${name}.`);
    const {
      metadata: {generation},
      status,
    } = statefulSetBody.parse(set);
    const found = await this.get(this.podPath(name));
    const pod = found === undefined ? undefined : podBody.parse(found);
    return {
      ...(status.observedGeneration >= generation && status.updateRevision !== undefined
        ? {wanted: status.updateRevision}
        : {}),
      ...(pod === undefined
        ? {}
        : {
            pod: {
              uid: pod.metadata.uid,
              revision: pod.metadata.labels['controller-revision-hash'] ?? '',
              ready:
                pod.metadata.deletionTimestamp === undefined &&
                pod.status.conditions.some(({type, status: is}) => type === 'Ready' && is === 'True'),
            },
          }),
    };
  }

  async end(name: string, uid: string): Promise<void> {
    const {status} = await this.call('DELETE', this.podPath(name), {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: {uid},
    });
    // Gone, or another one in its place: what was wanted has happened.
    if (![OK, ACCEPTED, NOT_FOUND, CONFLICT].includes(status))
      throw new InstallerError(`The Kubernetes API answered ${String(status)} to "delete pod ${name}-0".`);
  }

  private podPath(name: string): string {
    return `/api/v1/namespaces/${this.namespace}/pods/${name}-0`;
  }

  private async get(path: string): Promise<unknown> {
    const {status, body} = await this.call('GET', path);
    if (status === NOT_FOUND) return undefined;
    if (status !== OK)
      throw new InstallerError(
        `The Kubernetes API answered ${String(status)} to "get ${path}".${status === 403 ? ' The service account of this pod may not look at it.' : ''}`,
      );
    return JSON.parse(body);
  }
}
