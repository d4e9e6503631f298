/**
 * What an engine is built for: running the system, checking the Helm chart, a Kubernetes to try the chart on, trying
 * the alert rules, or watching a system (which needs the one of the alert rules, too).
 */
export const ENGINE_USES = ['system', 'chart', 'cluster', 'alerts', 'observers'] as const;
export type EngineUse = (typeof ENGINE_USES)[number];

/** The engines that are built here. PostgreSQL and Node come ready-made with `npm ci`. */
export interface GoEngine {
  kind: 'go';
  name: string;
  use: EngineUse;
  /** What is built: package and the binary's name. */
  binaries: readonly {package: string; binary: string}[];
  /** Module whose required version is shown as the engine's. */
  versionOf: string;
  /** `-X name=value` for the linker, where a program must be told its version. */
  linkVariables?: Readonly<Record<string, string>>;
  /** Build tags: what is left out of a program, or put in. */
  tags?: readonly string[];
}

export interface MavenEngine {
  kind: 'maven';
  name: string;
  use: EngineUse;
  versionOf: string;
}

export type Engine = GoEngine | MavenEngine;

const go = (use: EngineUse, name: string, module: string, packages: Readonly<Record<string, string>>): GoEngine => ({
  kind: 'go',
  use,
  name,
  versionOf: module,
  binaries: Object.entries(packages).map(([binary, path]) => ({binary, package: path})),
});

const KUBERNETES = {minor: '34', version: '1.34.3'};

/** Longest builds first. */
export const ENGINES: readonly Engine[] = [
  go('system', 'kubo', 'github.com/ipfs/kubo', {ipfs: 'github.com/ipfs/kubo/cmd/ipfs'}),
  go('system', 'ipfs-cluster', 'github.com/ipfs-cluster/ipfs-cluster', {
    'ipfs-cluster-service': 'github.com/ipfs-cluster/ipfs-cluster/cmd/ipfs-cluster-service',
  }),
  go('system', 'otel-collector', 'go.opentelemetry.io/collector/otelcol', {'otel-collector': '.'}),
  go('system', 'cometbft', 'github.com/cometbft/cometbft', {cometbft: 'github.com/cometbft/cometbft/cmd/cometbft'}),
  {kind: 'maven', name: 'kafka', use: 'system', versionOf: 'kafka_2.13'},
  go('chart', 'helm4', 'helm.sh/helm/v4', {helm4: 'helm.sh/helm/v4/cmd/helm'}),
  {
    ...go('chart', 'helm', 'helm.sh/helm/v3', {helm: 'helm.sh/helm/v3/cmd/helm'}),
    // As its own releases are told: for which Kubernetes `helm template` renders when it asks none.
    linkVariables: {
      'helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor': '1',
      'helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor': KUBERNETES.minor,
    },
  },
  go('chart', 'helm-unittest', 'github.com/helm-unittest/helm-unittest', {
    'helm-unittest': 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest',
  }),
  go('chart', 'kubeconform', 'github.com/yannh/kubeconform', {
    kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
  }),
  {
    ...go(
      'cluster',
      'kubernetes',
      'k8s.io/kubernetes',
      Object.fromEntries(
        ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'].map(
          (name) => [name, `k8s.io/kubernetes/cmd/${name}`],
        ),
      ),
    ),
    linkVariables: {
      'k8s.io/component-base/version.gitVersion': `v${KUBERNETES.version}`,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': KUBERNETES.minor,
    },
  },
  {
    ...go('alerts', 'prometheus', 'github.com/prometheus/prometheus', {
      prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
      promtool: 'github.com/prometheus/prometheus/cmd/promtool',
    }),
    // The ways in which clouds tell what there is to scrape: most of what it would compile.
    tags: ['remove_all_sd'],
  },
  go('observers', 'alertmanager', 'github.com/prometheus/alertmanager', {
    alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager',
  }),
  {kind: 'maven', name: 'zipkin', use: 'observers', versionOf: 'zipkin-server'},
  go('cluster', 'coredns', 'github.com/coredns/coredns', {coredns: 'github.com/coredns/coredns'}),
  go('cluster', 'cyclonus', 'github.com/mattfenwick/cyclonus', {
    cyclonus: 'github.com/mattfenwick/cyclonus/cmd/cyclonus',
  }),
];

/** The engine behind a process, if it is one that is built. */
export function engineOf(processName: string): string | undefined {
  const kind = processName.replace(/-\d+$/, '');
  const engines: Record<string, string> = {
    comet: 'cometbft',
    kubo: 'kubo',
    cluster: 'ipfs-cluster',
    otel: 'otel-collector',
    kafka: 'kafka',
    zipkin: 'zipkin',
    alertmanager: 'alertmanager',
    prometheus: 'prometheus',
  };
  return engines[kind];
}
