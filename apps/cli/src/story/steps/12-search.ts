import {setTimeout as sleep} from 'node:timers/promises';
import {needlesOf} from '../../search/needles.js';
import {searchStore} from '../../search/search-store.js';
import {CONTROLS, newMarker} from '../controls.js';
import {STORES} from '../site.js';
import type {Step} from '../story-run.js';

/** The Collector and PostgreSQL write what they have within this time. */
const SETTLE_MS = 6_000;

export const searchStep: Step = {
  title: 'A sentence inside a reading is searched for in every store',
  async play(run) {
    const {narrator, props, site, facts} = run;
    const sentence = props.get('sentence');
    const marker = newMarker();
    narrator.say('sentence', `"${sentence}", in the first reading, encrypted with it`);
    narrator.say('control', `"${marker}", put in clear into each store`);
    for (const store of STORES) await CONTROLS[store](run, marker);
    await sleep(SETTLE_MS);
    narrator.say('searched as', 'raw, in pieces, hexadecimal, base64 in its three alignments; all of it also inside gzip, zlib, zstd and our own frames');
    for (const store of STORES) {
      const paths = site.paths(store);
      const forSentence = searchStore(paths, needlesOf(sentence));
      const forMarker = searchStore(paths, needlesOf(marker));
      const megabytes = Math.round(forSentence.bytes / 1e6);
      facts.search.push({store, files: forSentence.files, megabytes, sentence: forSentence.hits.length, control: forMarker.hits.length});
      narrator.say(store, `${forSentence.files} files, ${megabytes} MB: sentence ${forSentence.hits.length} hits, control ${forMarker.hits.length} hits`);
      narrator.hold(`${store}: the sentence is nowhere`, forSentence.hits.length === 0, JSON.stringify(forSentence.hits.slice(0, 3)));
      narrator.hold(`${store}: the control is found`, forMarker.hits.length > 0);
    }
  },
};
