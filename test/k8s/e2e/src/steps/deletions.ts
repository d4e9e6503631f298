import {waitUntil} from '#cluster/wait-until.js';
import type {Bench, Step} from '../bench.js';
import {NAMESPACE} from '../bench.js';
import {Load} from '../load/load.js';
import {enrolWearer} from '../load/wearer.js';
import {componentOf, highest, isReady, servingPods} from '../objects.js';
import type {PodObject} from '../objects.js';
import {tellUsage} from '../usage.js';

/** One pod of each kind; of several the last, so that it is none that the others began with. */
const KINDS = ['ingest', 'policy', 'storage', 'notify', 'ipfs', 'kafka', 'postgres', 'otel', 'validator'] as const;
const READY_SECONDS = 180;
const BLOCKS = 3;

export const deletionsStep: Step = {
  name: 'deletions',
  title: 'One pod of each kind is deleted under load; nothing that was accepted is lost',
  async run(bench) {
    const {cluster, report} = bench;
    const load = new Load(await enrolWearer(cluster));
    bench.load = load;
    try {
      await load.goesOn(5);
      await tellUsage(bench, 'under load');
      for (const kind of KINDS) await deleteOne(bench, load, kind);
    } finally {
      await load.stop();
    }
    const {anchored, missing, doubled} = await load.lost();
    report.say(
      'load',
      `${load.acknowledged.size} records acknowledged, ${anchored} anchored, ${load.again} posts made again`,
    );
    report.hold('everything that was acknowledged is anchored', missing.length === 0, `${missing.length} are not`);
    report.hold('exactly once', doubled === 0, `${doubled} doubled`);
    report.hold('nothing was refused', load.refused.length === 0, load.refused.slice(0, 3).join(', '));
    report.hold('the load was one', load.acknowledged.size > 5 * KINDS.length, `${load.acknowledged.size} records`);
  },
};

async function deleteOne({cluster, report}: Bench, load: Load, kind: (typeof KINDS)[number]): Promise<void> {
  const pods = await servingPods(cluster);
  const victim = pods
    .filter((pod) => componentOf(pod) === kind)
    .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
    .at(-1);
  if (victim === undefined) throw new Error(`no pod of ${kind}`);
  const height = await highest(cluster);
  const deletedAt = performance.now();
  await cluster.kubectl.run(['delete', 'pod', '-n', NAMESPACE, victim.metadata.name, '--wait=false']);
  await waitUntil(
    {what: `a ready pod in place of ${victim.metadata.name}`, seconds: READY_SECONDS, everyMs: 500},
    async () => replaced(await servingPods(cluster), victim, pods.length),
  );
  const readyMs = performance.now() - deletedAt;
  await load.goesOn();
  report.measure(
    `${kind} deleted`,
    `ready again after ${(readyMs / 1000).toFixed(1)} s; longest without an acknowledgement ${(load.longestGap(deletedAt) / 1000).toFixed(1)} s`,
  );
  if (kind === 'validator') {
    const reached = await waitUntil({what: 'the chain going on', seconds: 60}, async () => {
      const now = await highest(cluster);
      return now >= height + BLOCKS ? now : undefined;
    });
    report.hold(`the chain went on: height ${height} to ${reached}`, reached >= height + BLOCKS);
  }
}

/** Gone for good, and as many pods ready as there were. */
function replaced(pods: readonly PodObject[], victim: PodObject, count: number): true | undefined {
  return pods.every(({metadata}) => metadata.uid !== victim.metadata.uid) &&
    pods.length === count &&
    pods.every(isReady)
    ? true
    : undefined;
}
