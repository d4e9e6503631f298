import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describeFailure} from '#cluster/use/describe-failure.js';
import type {Bench, Step} from '../bench.js';
import {NAMESPACE, RELEASE, VALIDATORS} from '../bench.js';
import {CHART} from '../helm.js';
import {isReady, servingPods} from '../objects.js';
import {NotSo} from '../report.js';
import {tellUsage} from '../usage.js';

const MINUTES = 5;
/** Just before Helm gives up and takes away what there is to see. */
const LOOK_MS = (MINUTES * 60 - 15) * 1_000;

/** The start still counts in what kubelet measures before. */
const REST_MS = 30_000;

export const installArguments = (...more: string[]): string[] => [
  'install',
  RELEASE,
  CHART,
  '--values',
  join(CHART, 'values-dev.yaml'),
  '--set',
  `validators.count=${VALIDATORS}`,
  '--atomic',
  '--wait',
  '--timeout',
  `${MINUTES}m`,
  ...more,
];

export const installStep: Step = {
  name: 'install',
  title: 'helm install --atomic --wait of profile dev into a namespace that enforces restricted',
  async run(bench) {
    const {
      cluster: {kubectl},
      report,
    } = bench;
    // A run that was kept leaves its release behind.
    await kubectl.run(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=180s']);
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: NAMESPACE,
        labels: {'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted'},
      },
    });
    await report.timed('install until ready', () => installed(bench));
    const pods = await servingPods(bench.cluster);
    report.hold(
      `all ${pods.length} pods are ready`,
      pods.length > 0 && pods.every(isReady),
      pods
        .filter((pod) => !isReady(pod))
        .map(({metadata}) => metadata.name)
        .join(', '),
    );
    await sleep(REST_MS);
    await tellUsage(bench, 'at rest');
  },
};

/** Installs, and looks at what is at fault before --atomic takes it away. */
export async function installed({helm, cluster}: Bench): Promise<void> {
  let seen = '';
  const look = setTimeout(() => {
    void describeFailure(cluster.kubectl, NAMESPACE).then(
      (text) => {
        seen = text;
      },
      () => undefined,
    );
  }, LOOK_MS);
  const {code, stderr} = await helm.try(...installArguments());
  clearTimeout(look);
  if (code !== 0) throw new NotSo(`helm install failed: ${stderr.trim()}\n${seen}`);
}
