import {NETWORK, NODE_NAME} from '../network.js';
import {COREDNS_IMAGE} from '../images/own-images.js';

const VOLUMES = 60;
const labels = {'app.kubernetes.io/name': 'coredns'};

// Names outside of the cluster do not exist: nothing in a test may leave this machine. A block of its own, because
// template would come before kubernetes.
const COREFILE = `${NETWORK.domain}:1053 in-addr.arpa:1053 {
    errors
    health :8080
    ready :8181
    kubernetes ${NETWORK.domain} in-addr.arpa {
        pods insecure
        ttl 5
    }
    cache 5
}
.:1053 {
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: {drop: ['ALL']},
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  seccompProfile: {type: 'RuntimeDefault'},
};
const probe = (path: string, port: number) => ({httpGet: {path, port}, periodSeconds: 1, failureThreshold: 30});
const meta = {name: 'coredns', namespace: 'kube-system'};

const dns = [
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta},
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {name: 'system:coredns'},
    rules: [
      {apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch']},
      {apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch']},
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: {name: 'system:coredns'},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns'},
    subjects: [{kind: 'ServiceAccount', ...meta}],
  },
  {apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: {Corefile: COREFILE}},
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {...meta, labels: {...labels, 'k8s-app': 'kube-dns'}},
    spec: {
      replicas: 1,
      selector: {matchLabels: labels},
      template: {
        // kube-dns is the label by which NetworkPolicies of charts know the cluster's DNS.
        metadata: {labels: {...labels, 'k8s-app': 'kube-dns'}},
        spec: {
          serviceAccountName: 'coredns',
          dnsPolicy: 'Default',
          containers: [
            {
              name: 'coredns',
              image: COREDNS_IMAGE,
              args: ['-conf', '/etc/coredns/Corefile'],
              securityContext: restricted,
              resources: {requests: {cpu: '10m', memory: '32Mi'}, limits: {memory: '128Mi'}},
              readinessProbe: probe('/ready', 8181),
              livenessProbe: probe('/health', 8080),
              volumeMounts: [{name: 'config', mountPath: '/etc/coredns', readOnly: true}],
            },
          ],
          volumes: [{name: 'config', configMap: {name: 'coredns'}}],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'kube-dns', namespace: 'kube-system', labels: {'k8s-app': 'kube-dns'}},
    spec: {
      clusterIP: NETWORK.dnsService,
      selector: labels,
      ports: ['UDP', 'TCP'].map((protocol) => ({
        name: `dns-${protocol.toLowerCase()}`,
        protocol,
        port: 53,
        targetPort: 1053,
      })),
    },
  },
];

const STORAGE_CLASS = 'local';

/**
 * Volumes made beforehand, each a folder of root's that only root may write, as a cloud's fresh disk is. Kubernetes'
 * own hostpath provisioner would not give a volume to the pod's fsGroup; local volumes do.
 */
const volume = (folder: string, index: number) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {name: `local-${index}`},
  spec: {
    capacity: {storage: '100Gi'},
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: STORAGE_CLASS,
    local: {path: `${folder}/${index}`},
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: [NODE_NAME]}]}],
      },
    },
  },
});

export const volumeFolders = (folder: string): string[] =>
  Array.from({length: VOLUMES}, (_, index) => `${folder}/${index}`);

const storage = (folder: string) => [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
    metadata: {name: STORAGE_CLASS, annotations: {'storageclass.kubernetes.io/is-default-class': 'true'}},
  },
  ...volumeFolders(folder).map((_, index) => volume(folder, index)),
];

/** What a cluster has before anybody uses it: DNS, a default StorageClass and volumes in `folder`. */
export const nodeObjects = (folder: string) => ({apiVersion: 'v1', kind: 'List', items: [...dns, ...storage(folder)]});
