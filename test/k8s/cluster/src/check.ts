import {Resolver} from 'node:dns/promises';
import {ClusterError} from './cluster-error.js';
import {PROBE_IMAGE} from './images/own-images.js';
import {progress} from './progress.js';
import {openCluster} from './use/cluster.js';
import type {Cluster} from './use/cluster.js';
import {connectionsBetween, evaluatePolicies} from './use/evaluate-policies.js';
import {podUsage} from './use/pod-usage.js';
import {waitUntil} from './wait-until.js';

const NAMESPACE = 'cluster-check';
const NAME = 'server';
const FULL_NAME = `${NAME}.${NAMESPACE}.svc.cluster.local`;
const labels = {app: NAME};
const metadata = {name: NAME, namespace: NAMESPACE};

const secure = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}, readOnlyRootFilesystem: true};
const pod = (container: object) => ({
  securityContext: {runAsNonRoot: true, runAsUser: 12345, fsGroup: 1001, seccompProfile: {type: 'RuntimeDefault'}},
  containers: [
    {
      name: 'probe',
      image: PROBE_IMAGE,
      securityContext: secure,
      volumeMounts: [{name: 'data', mountPath: '/data'}],
      ...container,
    },
  ],
  volumes: [{name: 'data', persistentVolumeClaim: {claimName: NAME}}],
});

const OBJECTS = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {name: NAMESPACE, labels: {'pod-security.kubernetes.io/enforce': 'restricted'}},
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: {matchLabels: labels},
      template: {
        metadata: {labels},
        spec: pod({args: ['serve', ':8080'], readinessProbe: {httpGet: {path: '/', port: 8080}, periodSeconds: 1}}),
      },
    },
  },
  {apiVersion: 'v1', kind: 'Service', metadata, spec: {selector: labels, ports: [{port: 80, targetPort: 8080}]}},
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: NAME},
      maxReplicas: 2,
      metrics: [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 80}}}],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: {matchLabels: labels},
      policyTypes: ['Ingress'],
      ingress: [{from: [{podSelector: {matchLabels: {app: 'client'}}}], ports: [{port: 8080}]}],
    },
  },
];

function expect(what: string, holds: boolean, seen: unknown): void {
  if (!holds) throw new ClusterError(`Not so: ${what}. Seen: ${JSON.stringify(seen)}`);
  progress(`✓ ${what}`);
}

/** Tries everything of a cluster that the tests of the chart rely on, in a namespace that it removes again. */
export async function check(directory: string): Promise<void> {
  const cluster = await openCluster(directory);
  const {kubectl} = cluster;
  await kubectl.apply({apiVersion: 'v1', kind: 'List', items: OBJECTS});
  try {
    await kubectl.run(['rollout', 'status', `deployment/${NAME}`, '-n', NAMESPACE, '--timeout=60s']);
    progress('✓ a pod of any uid runs in a namespace that enforces "restricted", with a bound volume');
    await checkAdmission(cluster);
    await checkPod(cluster);
    await checkFromHere(cluster);
    await checkPolicies(cluster);
  } finally {
    await kubectl.run(['delete', 'namespace', NAMESPACE, '--timeout=60s']);
  }
}

async function checkAdmission({kubectl}: Cluster): Promise<void> {
  const refused = await kubectl.try(['run', 'root', '-n', NAMESPACE, `--image=${PROBE_IMAGE}`]);
  expect(
    'a pod that does not give up its rights is refused',
    refused.code !== 0 && refused.stderr.includes('violates PodSecurity'),
    refused,
  );
}

async function checkPod({kubectl}: Cluster): Promise<void> {
  const inPod = (...args: string[]) =>
    kubectl.run(['exec', '-n', NAMESPACE, `deployment/${NAME}`, '--', '/probe', ...args]);
  const resolved = await inPod('resolve', FULL_NAME);
  expect('a pod resolves a service by its full name', /^\[10\.197\.1\.\d+\]/.test(resolved), resolved);
  expect('and by its short name', (await inPod('resolve', NAME)) === resolved, resolved);
  const answer = await inPod('get', `http://${NAME}/`);
  expect(
    'a pod reaches a service that it is itself behind, and has the uid it asked for',
    answer.includes('uid 12345'),
    answer,
  );
  await inPod('write', '/data/file', 'kept');
  await kubectl.run(['delete', 'pod', '-n', NAMESPACE, '-l', `app=${NAME}`]);
  await kubectl.run(['rollout', 'status', `deployment/${NAME}`, '-n', NAMESPACE, '--timeout=60s']);
  const kept = await inPod('read', '/data/file');
  expect(
    "what a pod writes to its volume is there for the next one, by the pod's fsGroup",
    kept.trim() === 'kept',
    kept,
  );
}

async function checkFromHere({kubectl, dns}: Cluster): Promise<void> {
  const resolver = new Resolver({timeout: 2_000});
  resolver.setServers([dns]);
  const [address = ''] = await resolver.resolve4(FULL_NAME);
  const response = await waitUntil({what: 'reaching a service from this machine', seconds: 20}, async () => {
    const tried = await fetch(`http://${address}/`, {signal: AbortSignal.timeout(2_000)});
    return tried.status === 200 ? tried.text() : undefined;
  });
  expect('this machine resolves and reaches a service', response.includes('uid'), response);
  const measured = await waitUntil({what: 'kubelet measuring the pod', seconds: 60}, async () => {
    const found = (await podUsage(kubectl, NAMESPACE)).find(
      ({container, workingSetBytes}) => container === 'probe' && workingSetBytes > 0,
    );
    return found;
  });
  expect('kubelet measures memory and CPU', measured.workingSetBytes > 100_000 && measured.cpuSeconds > 0, measured);
}

async function checkPolicies({kubectl, engines}: Cluster): Promise<void> {
  const policies = await kubectl.get<{items: unknown[]}>('networkpolicies', '-n', NAMESPACE);
  const peers = ['client', 'other', NAME].map((app, index) => ({
    name: app,
    ip: `10.0.0.${index + 1}`,
    pod: {labels: {app}, namespace: NAMESPACE, namespaceLabels: {}},
  }));
  const ports = [{port: 8080, protocol: 'TCP'} as const, {port: 8081, protocol: 'TCP'} as const];
  const connections = connectionsBetween(peers, ports).filter(({to}) => to.name === NAME);
  const allowed = (await evaluatePolicies(engines.cyclonus, policies, connections)).map(
    ({from, port}) => `${from.name} ${port.port}`,
  );
  expect(
    'cyclonus allows exactly the connection that the stored policy opens',
    allowed.join() === 'client 8080',
    allowed,
  );
}
