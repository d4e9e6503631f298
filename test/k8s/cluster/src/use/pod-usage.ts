import {NODE_NAME} from '../network.js';
import type {Kubectl} from './kubectl.js';

interface ContainerStats {
  name: string;
  memory?: {workingSetBytes?: number; rssBytes?: number};
  cpu?: {usageNanoCores?: number; usageCoreNanoSeconds?: number};
}

export interface ContainerUsage {
  namespace: string;
  pod: string;
  container: string;
  /** What counts against the limit. */
  workingSetBytes: number;
  rssBytes: number;
  /** Over kubelet's last few seconds. */
  cores: number;
  /** Since the container's start: the difference of two readings is exact for the time between. */
  cpuSeconds: number;
}

/** Memory and CPU of every container, as kubelet measures them. */
export async function podUsage(kubectl: Kubectl, namespace?: string): Promise<ContainerUsage[]> {
  const {pods} = await kubectl.get<{
    pods: {podRef: {name: string; namespace: string}; containers?: ContainerStats[]}[];
  }>('--raw', `/api/v1/nodes/${NODE_NAME}/proxy/stats/summary`);
  return pods
    .filter(({podRef}) => namespace === undefined || podRef.namespace === namespace)
    .flatMap(({podRef, containers = []}) =>
      containers.map((container) => ({
        namespace: podRef.namespace,
        pod: podRef.name,
        container: container.name,
        workingSetBytes: container.memory?.workingSetBytes ?? 0,
        rssBytes: container.memory?.rssBytes ?? 0,
        cores: (container.cpu?.usageNanoCores ?? 0) / 1e9,
        cpuSeconds: (container.cpu?.usageCoreNanoSeconds ?? 0) / 1e9,
      })),
    );
}
