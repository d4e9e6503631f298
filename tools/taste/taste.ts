import {Narrator} from './narrator.js';

const HELP = `node --no-addons tools/taste/main.ts [--lie] [--help]        (make taste)

The story of a reading and of who may see it, in memory, in seconds, without an engine.
Real: the SDK, the ledger's rules, the cryptography, the proofs, signed headers checked from genesis.
Played: the services answer out of memory; four keys sign the headers in place of four validators.

  --lie    the platform leaves an entry out of the patient's log without a word: see it found; ends with 1
  --help   this text

Ends with 0 when every sentence held, else with 1; with 2 when it was called wrongly.`;

const NEXT = `What to try next
    make taste LIE=1     a platform that leaves an entry out of her log, and how that ends
    make demo            the same on real engines: four CometBFT validators, Kafka, PostgreSQL, IPFS Cluster
    ./vv --help          what patients, clinicians, devices and hospitals use (after make build)
    docs/protocol.md     every byte that was signed, sealed and sent here
    tools/taste/         these sentences as code: a first program with @vitalvault/sdk`;

/** @returns the exit code */
export async function taste(given: string[], say: (line: string) => void = console.log): Promise<number> {
  const unknown = given.find((option) => option !== '--lie' && option !== '--help');
  if (unknown !== undefined || given.includes('--help')) {
    say(unknown === undefined ? HELP : `No such option: ${unknown}\n\n${HELP}`);
    return unknown === undefined ? 0 : 2;
  }
  const started = performance.now();
  const narrator = new Narrator(say);
  const {tellStory} = await import('./tell-story.js');
  await tellStory(narrator, given.includes('--lie'));
  const {held, failed} = narrator;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  say(`\n${held} sentence(s) held, ${failed} did not; ${seconds} s\n`);
  if (failed > 0) return 1;
  say(NEXT);
  return 0;
}
