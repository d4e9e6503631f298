import {waitUntil} from '#cluster/wait-until.js';
import type {Bench, Step} from '../bench.js';
import {FULLNAME, RELEASE, VALIDATORS} from '../bench.js';
import {anchoredIds} from '../load/record-log.js';
import {ledgerOf} from '../load/wearer.js';
import {highest, identitiesOf, namesOf, podsOf} from '../objects.js';
import {helmTest} from './helm-test.js';
import {installed} from './install.js';

const IPFS_PEERS = 3;
/** Kinds of which nothing may stay. */
const GONE = [
  'deployments',
  'statefulsets',
  'jobs',
  'services',
  'networkpolicies',
  'poddisruptionbudgets',
  'roles',
  'rolebindings',
  'serviceaccounts',
];

export const reinstallStep: Step = {
  name: 'reinstall',
  title: 'helm uninstall: what stays is what the documentation says; a re-install finds it again',
  async run(bench) {
    const {cluster, report, helm} = bench;
    const before = await identitiesOf(cluster);
    const height = await highest(cluster);
    await report.timed('uninstall', () => helm.run('uninstall', RELEASE, '--wait', '--timeout', '5m'));
    // The finished pod of `helm test` stays for its log, as every hook of Helm's does; the next test replaces it.
    await waitUntil(
      {what: 'the pods ending', seconds: 120},
      async () => (await podsOf(cluster)).every(({metadata}) => metadata.name === `${FULLNAME}-test`) || undefined,
    );
    await whatStays(bench, before);

    await report.timed('re-install until ready', () => installed(bench));
    report.hold(
      'Secrets and genesis are byte for byte what they were',
      JSON.stringify(Object.entries(before).sort()) ===
        JSON.stringify(Object.entries(await identitiesOf(cluster)).sort()),
    );
    const reached = await waitUntil({what: 'the chain going on', seconds: 60}, async () => {
      const now = await highest(cluster);
      return now > height ? now : undefined;
    });
    report.hold(`the chain goes on where it was: height ${height} to ${reached}`, reached > height);
    await recordsAreThere(bench);
    await helmTest(bench, 'helm test after the re-install');
  },
};

/** docs/operations/install.md, "Uninstall". */
async function whatStays({cluster, report}: Bench, identities: Readonly<Record<string, string>>): Promise<void> {
  for (const kind of GONE) {
    const left = (await namesOf(cluster, kind)).filter((name) => name.startsWith(FULLNAME));
    report.hold(`no ${kind}`, left.length === 0, left.join(', '));
  }
  const kept = [...(await namesOf(cluster, 'secrets')), ...(await namesOf(cluster, 'configmaps'))].sort();
  report.hold(
    'the Secrets and the ConfigMap of the identities stay, and no other',
    kept.join() === Object.keys(identities).sort().join(),
    kept.join(', '),
  );
  const claims = await namesOf(cluster, 'persistentvolumeclaims');
  const wanted = [
    ...Array.from({length: VALIDATORS}, (_, n) => `data-${FULLNAME}-validator-${n}-0`),
    ...Array.from({length: IPFS_PEERS}, (_, n) => `data-${FULLNAME}-ipfs-${n}`),
    `data-${FULLNAME}-kafka-0`,
    `data-${FULLNAME}-postgres-0`,
  ].sort();
  report.hold(
    'the claims of validators, IPFS peers, Kafka and PostgreSQL stay, and no other',
    claims.join() === wanted.join(),
    claims.join(', '),
  );
}

async function recordsAreThere({cluster, report, load}: Bench): Promise<void> {
  if (load === undefined) {
    report.say('records', 'none were posted: step "deletions" was left out');
    return;
  }
  const ids = new Set(await anchoredIds(load.wearer.context, await ledgerOf(cluster)));
  const missing = [...load.acknowledged.keys()].filter((id) => !ids.has(id));
  report.hold(
    `all ${load.acknowledged.size} records from before are on the ledger`,
    missing.length === 0,
    `${missing.length} are not`,
  );
}
