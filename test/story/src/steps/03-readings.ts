import {randomBytes} from 'node:crypto';
import type {Latencies} from '../latencies.js';
import {latencies} from '../latencies.js';
import type {StoryBatch} from '../props.js';
import type {Step, StoryRun} from '../story-run.js';

const PLANTED_READINGS = 64;
/** The clinician is granted this hour later on, so that she can find the sentence. */
const PLANTED_FROM = Date.parse('2016-04-01T08:00:00Z') / 1000;
const SHOWN = 3;

export const readingsStep: Step = {
  title: 'The wearable replays its real readings',
  async play(run) {
    const {narrator, source, props, facts} = run;
    const sentence = `the heron sleeps at ${randomBytes(12).toString('hex')}`;
    props.put('sentence', sentence);
    narrator.say(
      'file',
      `${source.rows.length} heart rates of one Fitbit wearer, 1 to 3 April 2016 (CC0), batches of at most 64 cut at the hour`,
    );
    // One batch goes by itself: it has a sentence of the wearer's in it, which step 12 looks for in every store, and
    // its trace is shown in step 11.
    const first = source.rows.findIndex(({unixSeconds}) => unixSeconds >= PLANTED_FROM) + 1;
    const before = await post(run, ['--rows', `1-${first - 1}`]);
    const planted = await post(run, ['--rows', `${first}-${first + PLANTED_READINGS - 1}`, '--note', sentence]);
    const batches = [...before, ...planted, ...(await post(run, ['--rows', `${first + PLANTED_READINGS}-`]))];
    props.put('planted', planted);
    props.put('batches', batches);
    facts.batches = batches;

    for (const batch of [...batches.slice(0, SHOWN - 1), ...batches.slice(-1)]) {
      narrator.say(
        `batch ${batch.sequence}`,
        `${batch.readings} readings · accepted · stored ${batch.cid.slice(0, 16)}… on ${batch.replicas} peers · anchored at height ${batch.height}, tx ${batch.txId.slice(0, 10)}…`,
      );
    }
    const anchored = batches.reduce((sum, {readings}) => sum + readings, 0);
    const times: Latencies = latencies(batches.map(({anchoredMs}) => anchoredMs));
    facts.latencies['postToAnchored'] = times;
    facts.counts = {...facts.counts, readings: source.rows.length, batches: batches.length, anchored};
    narrator.say('POST to anchored', `p50 ${times.p50} ms, p99 ${times.p99} ms`);
    narrator.hold(
      `readings in the file = accepted = stored = anchored = ${source.rows.length}`,
      anchored === source.rows.length,
      `${anchored} anchored`,
    );
    narrator.hold(
      'every batch is pinned on two peers or more',
      batches.every(({cid, replicas}) => cid !== '' && replicas >= 2),
    );
  },
};

async function post(
  {cast: {watch}, source, narrator, facts}: StoryRun,
  more: readonly string[],
): Promise<StoryBatch[]> {
  const show = narrator.progress();
  const said = await watch.does(['device', 'post', source.file, '--zone', 'UTC', ...more], (line) => {
    const {progress} = JSON.parse(line.startsWith('{"progress"') ? line : '{}') as {
      progress?: {posted: number; anchored: number; total: number};
    };
    if (progress && progress.posted > 0) facts.firstAcceptedMs ??= Date.now() - facts.startedAtMs;
    if (progress && progress.total > 1)
      show(progress.anchored, progress.total, `batches anchored, ${progress.posted} posted`);
  });
  return said
    .list('batches')
    .map((batch) => ({
      sequence: String(batch['sequence']),
      recordId: String(batch['recordId']),
      readings: Number(batch['readings']),
      traceId: String(batch['traceId']),
      cid: typeof batch['cid'] === 'string' ? batch['cid'] : '',
      replicas: Number(batch['replicas'] ?? 0),
      height: String(batch['height']),
      txId: String(batch['txId']),
      anchoredMs: Number(batch['anchoredMs']),
    }));
}
