import {join} from 'node:path';
import {waitUntil} from '#cluster/wait-until.js';
import type {Bench, Step} from '../bench.js';
import {RELEASE} from '../bench.js';
import {longestPause} from '../block-times.js';
import {CHART} from '../helm.js';
import {Load} from '../load/load.js';
import {enrolWearer} from '../load/wearer.js';
import {highest, identitiesOf, isReady, servingPods} from '../objects.js';
import {helmTest} from './helm-test.js';

const GOOD = [
  '--set',
  'services.notify.heapMiB=288',
  '--set',
  'services.ingest.replicas=2',
  '--set-string',
  'validators.podAnnotations.vitalvault\\.dev/e2e=upgraded',
];
/** Policy's new pods cannot start; the old one serves until they could. */
const BROKEN = [
  '--set',
  'services.policy.extraEnv[0].name=NODE_OPTIONS',
  '--set',
  'services.policy.extraEnv[0].value=--no-such-option',
];
/** Kubernetes does not let a StatefulSet's claims be changed. */
const LARGER = ['--set', 'ipfs.persistence.size=3Gi'];
/** All validators of a release restarting together take longer; one being away costs a proposer's time-out. */
const STANDSTILL_MS = 12_000;

export const upgradeStep: Step = {
  name: 'upgrade',
  title: 'helm upgrade with changed values; a broken one is rolled back',
  async run(bench) {
    const {cluster, report, helm} = bench;
    const before = await identitiesOf(cluster);
    let from = 0;
    const load = new Load(await enrolWearer(cluster));
    try {
      await load.goesOn(5);
      // From here on there is always something to make a block of.
      from = await highest(cluster);
      await report.timed('upgrade of every validator, notify and ingest, under load', () => upgrade(bench, GOOD, '8m'));
      await load.goesOn(5);
    } finally {
      await load.stop();
    }
    report.hold('Secrets and genesis are byte for byte what they were', same(before, await identitiesOf(cluster)));
    const reached = await highest(cluster);
    const pauseMs = await longestPause(cluster, from, reached);
    report.measure(
      'longest time between blocks',
      `${(pauseMs / 1_000).toFixed(1)} s, while every validator was restarted`,
    );
    report.hold(
      `the chain kept going: height ${from} to ${reached}`,
      reached > from && pauseMs < STANDSTILL_MS,
      `${pauseMs} ms without a block`,
    );
    const {anchored, missing, doubled} = await load.lost();
    report.hold(
      `all ${load.acknowledged.size} records that were acknowledged are anchored, exactly once`,
      load.acknowledged.size > 10 && missing.length === 0 && doubled === 0,
      `${anchored} anchored, ${missing.length} missing, ${doubled} doubled`,
    );
    report.hold('nothing was refused', load.refused.length === 0, load.refused.slice(0, 3).join(', '));
    report.hold(
      'two pods of ingest',
      (await servingPods(cluster)).filter(({metadata}) => metadata.labels['app.kubernetes.io/component'] === 'ingest')
        .length === 2,
    );

    const {version} = await helm.revision(RELEASE);
    const resized = await helm.try(...upgradeArguments([...GOOD, ...LARGER], '90s'));
    report.hold(
      'another size of a volume is refused before anything is changed, with what to do',
      resized.code !== 0 &&
        resized.stderr.includes('--cascade=orphan') &&
        (await helm.revision(RELEASE)).version === version,
      resized.stderr,
    );
    const broken = await report.timed('broken upgrade until rolled back', () =>
      helm.try(...upgradeArguments([...GOOD, ...BROKEN], '90s')),
    );
    report.hold('helm says that it failed', broken.code !== 0, broken.stdout);
    const after = await helm.revision(RELEASE);
    report.hold(
      `and went back: revision ${after.version} is deployed`,
      after.status === 'deployed' && after.version > version + 1,
      `${after.status}, revision ${after.version}`,
    );
    await waitUntil(
      {what: 'every pod being ready after the rollback', seconds: 120},
      async () => (await servingPods(cluster)).every(isReady) || undefined,
    );
    report.hold('Secrets and genesis are still what they were', same(before, await identitiesOf(cluster)));
    await helmTest(bench, 'helm test after the rollback');
  },
};

function upgradeArguments(values: readonly string[], timeout: string): string[] {
  return [
    'upgrade',
    RELEASE,
    CHART,
    '--values',
    join(CHART, 'values-dev.yaml'),
    ...values,
    '--atomic',
    '--wait',
    '--timeout',
    timeout,
  ];
}

const upgrade = ({helm}: Bench, values: readonly string[], timeout: string): Promise<string> =>
  helm.run(...upgradeArguments(values, timeout));

const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length > 1 && JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
