import {setTimeout as sleep} from 'node:timers/promises';
import {needlesOf, needlesOfDeflated} from '../search/needles.js';
import type {Needle} from '../search/needles.js';
import {searchStore} from '../search/search-store.js';
import type {StoreSearch} from '../search/search-store.js';
import {CONTROLS, newMarker} from '../controls.js';
import {deflatedPayload} from '../deflated-payload.js';
import {STORES} from '../site.js';
import type {StoreName} from '../site.js';
import type {Step, StoryRun} from '../story-run.js';

const PATIENCE_MS = 15_000;
const EVERY_MS = 1_000;

export const searchStep: Step = {
  title: 'A sentence inside a reading is searched for in every store',
  async play(run) {
    const {narrator, props, cast} = run;
    const sentence = props.get('sentence');
    const marker = newMarker();
    const deflated = deflatedPayload(cast.clinician.paper('points.json'), sentence);
    narrator.say('sentence', `"${sentence}": the wearer's own words in a reading, which the clinician opened`);
    narrator.say('control', `"${marker}": put in clear into each store`);
    narrator.say(
      'searched as',
      'raw, in pieces, hexadecimal, base64 in its three alignments, inside gzip, zlib and zstd;',
    );
    narrator.say('', `and the ${deflated.length} bytes of the deflated payload it was in, likewise`);
    for (const store of STORES) await CONTROLS[store](run, marker);
    for (const store of STORES)
      await search(run, store, {
        sentence: [...needlesOf(sentence), ...needlesOfDeflated(deflated)],
        control: needlesOf(marker),
      });
  },
};

async function search(
  {narrator, site, facts}: StoryRun,
  store: StoreName,
  needles: {sentence: Needle[]; control: Needle[]},
): Promise<void> {
  const control = await controlSearch(() => site.contents(store), needles.control);
  // After the control was found: what went into the store before it has reached the disk as well.
  const {files, bytes, hits} = searchStore(await site.contents(store), needles.sentence);
  const megabytes = Math.round(bytes / 1e5) / 10;
  facts.search.push({store, files, megabytes, sentence: hits.length, control: control.hits.length});
  const forms = [
    ...new Set(
      control.hits.map(({of, form, inflated}) =>
        of === 'sentence' ? `${form}${inflated ? ', inflated' : ''}` : 'pieces',
      ),
    ),
  ].join(' · ');
  narrator.say(
    store,
    `${String(files).padStart(5)} files ${megabytes.toFixed(1).padStart(7)} MB   sentence ${hits.length} hits   control ${control.hits.length} hits (${forms})`,
  );
  narrator.hold(`${store}: the sentence is nowhere`, hits.length === 0, JSON.stringify(hits.slice(0, 3)));
  narrator.hold(`${store}: the control is found`, control.hits.length > 0);
}

/** Engines write within a second or two. */
async function controlSearch(contents: () => Promise<string[]>, needles: readonly Needle[]): Promise<StoreSearch> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const found = searchStore(await contents(), needles);
    if (found.hits.length > 0 || Date.now() > until) return found;
    await sleep(EVERY_MS);
  }
}
