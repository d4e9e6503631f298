import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Latencies} from './latencies.js';
import {allAlerts} from './asking.js';
import {sampleLatencies} from './sample-latencies.js';
import {STEPS} from './steps/all-steps.js';
import type {StoryRun} from './story-run.js';

/** Plays every step; the first that does not hold ends it. Writes demo.json either way. @returns whether all held */
export async function playStory(run: StoryRun): Promise<boolean> {
  const {narrator, facts, data} = run;
  narrator.title(`VitalVault: a reading travels · run ${facts.run} · ${facts.chainId}`);
  try {
    for (const [i, step] of STEPS.entries()) {
      const heldBefore = narrator.held.length;
      narrator.step(i + 1, step.title);
      await step.play(run);
      facts.steps.push({
        number: i + 1,
        title: step.title,
        tookMs: narrator.endStep(),
        held: narrator.held.slice(heldBefore),
      });
    }
    facts.alerts = await allAlerts(run);
    await sampleLatencies(run);
    const {mebibytes, how} = await run.site.memory();
    facts.memoryMiB = Math.round(mebibytes);
    facts.memoryIs = how;
    facts.ok = true;
  } catch (error) {
    facts.failure = error instanceof Error ? error.message : String(error);
    narrator.say('the story ends', facts.failure);
    if (error instanceof Error && error.name !== 'StoryFailed') narrator.show((error.stack ?? '').split('\n'));
  }
  facts.tookMs = Date.now() - facts.startedAtMs;
  if (facts.ok) summary(run);
  writeFileSync(join(data, 'demo.json'), `${JSON.stringify(facts, undefined, 2)}\n`);
  return facts.ok;
}

function summary({narrator, facts, data, endpoints, site}: StoryRun): void {
  const {counts, latencies, alerts, decisions} = facts;
  const time = ({p50, p99, count}: Latencies = {p50: 0, p99: 0, max: 0, count: 0}) =>
    count > 1 ? `p50 ${p50} ms, p99 ${p99} ms (${count})` : `${p50} ms`;
  const kinds = [...new Set(alerts.map(({kind}) => kind))].map(
    (kind) => `${alerts.filter((alert) => alert.kind === kind).length} ${kind}`,
  );
  narrator.title('\nSummary');
  narrator.say(
    'readings',
    `${counts['readings']} in the file = accepted = stored = anchored (${counts['batches']} batches)`,
  );
  narrator.say('first accepted', `${((facts.firstAcceptedMs ?? 0) / 1000).toFixed(1)} s into the story`);
  narrator.say(
    'decisions',
    `${decisions.filter(({permit}) => permit).length} permitted, ${decisions.filter(({permit}) => !permit).length} refused, all in her log`,
  );
  narrator.say('alerts', kinds.join(', '));
  narrator.say('POST to anchored', time(latencies['postToAnchored']));
  narrator.say('request to plaintext', time(latencies['requestToPlaintext']));
  narrator.say(
    'revoke to refused',
    `${time(latencies['revokeToRefused'])}, ${counts['blocksFromRevocationToRefusal']} blocks`,
  );
  narrator.say('memory', `${facts.memoryMiB} MiB (${facts.memoryIs ?? ''})`);
  narrator.say(
    'story',
    `${narrator.held.length} sentences held in ${(facts.tookMs / 1000).toFixed(0)} s; all of it in ${join(data, 'demo.json')}`,
  );
  narrator.say(
    'look next',
    `vv chain · vv log --home ${join(data, 'actors', facts.run, 'patient')} · ${endpoints.services.policy}/v1/chain/latest · ${site.lookNext}`,
  );
}
