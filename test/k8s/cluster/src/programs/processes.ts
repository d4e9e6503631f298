/** Every process of the cluster, in the order of starting. */
export const PROCESSES = [
  'etcd',
  'containerd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
] as const;
export type ProcessName = (typeof PROCESSES)[number];
