import {setTimeout as sleep} from 'node:timers/promises';
import {allAlerts, awaitAlerts} from '../asking.js';
import {StoryFailed} from '../narrator.js';
import {readReadings} from '../papers.js';
import type {StoryBatch} from '../props.js';
import {spansOfDamaged} from '../spans.js';
import type {Step, StoryRun} from '../story-run.js';
import {sameReadings} from './05-grant.js';

/** The peer whose kubo stands first in storage's list: its organisation's own. */
const FIRST_PEER = 0;
const SPAN_PATIENCE_MS = 15_000;

export const corruptionStep: Step = {
  title: 'Bytes of a stored block are flipped',
  async play(run) {
    const {narrator, props, cast, site} = run;
    const {batch, intact} = await blockOnFirstPeer(run);
    await site.writeBlock(FIRST_PEER, batch.cid, flipped(intact));
    narrator.say('flipped', `the middle byte of ${batch.cid}`);
    narrator.say('', `on kubo ${FIRST_PEER}, which storage asks first`);
    const since = Date.now();
    const readings = cast.clinician.paper('readings-again.json');
    try {
      await cast.clinician.does(['clinician', 'fetch', '--tx', props.get('permit').txId, '--out', readings]);
      const alerts = await awaitAlerts(run, 'STORAGE_CORRUPT', await corruptSubjects(run));
      narrator.hold(
        'never served: what she opened is what she opened before',
        sameReadings(readReadings(readings), readReadings(cast.clinician.paper('readings.json'))),
      );
      narrator.hold('the storage alert appeared', alerts.length > 0);
    } finally {
      // Storage writes the block anew; should that not have come about, the story leaves the system as it found it all
      // the same.
      await site.writeBlock(FIRST_PEER, batch.cid, intact);
    }
    await showWhoWasAsked(run, since);
  },
};

async function blockOnFirstPeer({props, site}: StoryRun): Promise<{batch: StoryBatch; intact: Buffer}> {
  const opened = new Set(props.get('opened').recordIds);
  for (const batch of props.get('batches').filter(({recordId}) => opened.has(recordId))) {
    const intact = await site.readBlock(FIRST_PEER, batch.cid);
    if (intact !== undefined) return {batch, intact};
  }
  throw new StoryFailed(`kubo ${FIRST_PEER} has none of the blocks that were opened`);
}

function flipped(intact: Buffer): Buffer {
  const copy = Buffer.from(intact);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}

/** Subjects of the storage alerts there are; waits until there is one. */
async function corruptSubjects(run: StoryRun): Promise<string[]> {
  for (const until = Date.now() + SPAN_PATIENCE_MS; ;) {
    const subjects = (await allAlerts(run)).filter(({kind}) => kind === 'STORAGE_CORRUPT').map(({subject}) => subject);
    if (subjects.length > 0 || Date.now() > until) return subjects;
    await sleep(500);
  }
}

async function showWhoWasAsked({site, narrator}: StoryRun, since: number): Promise<void> {
  let asked: Record<string, string>[] = [];
  for (const until = Date.now() + SPAN_PATIENCE_MS; asked.length < 2 && Date.now() < until;) {
    await sleep(500);
    asked = spansOfDamaged(await site.spansFile(), since);
  }
  for (const span of asked)
    narrator.say('asked', `kubo ${span['vitalvault.peer'] ?? '?'}: ${span['vitalvault.outcome'] ?? '?'}`);
  narrator.hold(
    'that peer was asked, its answer thrown away',
    asked.some((span) => span['vitalvault.peer'] === String(FIRST_PEER) && span['vitalvault.outcome'] === 'corrupt'),
    `${asked.length} spans`,
  );
  narrator.hold(
    'another replica answered',
    asked.some((span) => span['vitalvault.peer'] !== String(FIRST_PEER) && span['vitalvault.outcome'] === 'served'),
  );
}
