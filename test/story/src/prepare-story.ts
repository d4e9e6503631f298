import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {REPOSITORY, terminal} from './config.js';
import {readEndpoints} from './endpoints.js';
import {heartRateRows} from './heart-rate-rows.js';
import {styleOf} from './style.js';
import {Actor} from './actor.js';
import {emptyFacts} from './facts.js';
import {Narrator} from './narrator.js';
import {Props} from './props.js';
import type {Site} from './site.js';
import type {StoryRun} from './story-run.js';

const READINGS = join(REPOSITORY, 'test/data/wearables/fitbit-heart-rate-5s.csv');

/**
 * A fresh playing: new identities in homes of their own below $DATA/actors/<run>. @param data directory with the
 * endpoints and the genesis of a running system
 */
export function prepareStory(data: string, site: Site): StoryRun {
  const {colour, interactive} = terminal();
  const endpoints = readEndpoints(data);
  const run = freshRun(data);
  const craft = {dir: join(data, 'actors', run), endpoints: join(data, 'endpoints.json')};
  const narrator = new Narrator({
    write: (text) => process.stdout.write(text),
    interactive,
    style: styleOf(colour),
    now: () => Date.now(),
  });
  const actor = (name: string) => new Actor(name, craft);
  return {
    data,
    endpoints,
    narrator,
    site,
    facts: emptyFacts(run, endpoints.chainId),
    props: new Props(),
    source: {file: READINGS, rows: heartRateRows(READINGS)},
    cast: {
      office: actor('office'),
      patient: actor('patient'),
      watch: actor('watch'),
      clinician: actor('clinician'),
      stranger: actor('stranger'),
      outsider: actor('outsider'),
    },
  };
}

function freshRun(data: string): string {
  for (;;) {
    const run = randomBytes(3).toString('hex');
    if (!existsSync(join(data, 'actors', run))) return run;
  }
}
