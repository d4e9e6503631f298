import {statSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {LIES, tamper} from '../tampering.js';
import type {Lie} from '../tampering.js';
import type {Step, StoryRun} from '../story-run.js';

const OTHER_VALIDATOR = 2;
/** What `vv verify` takes for fresh, and a little more. */
const MAX_AGE_MS = 62_000;

export const logStep: Step = {
  title: 'The access log, checked on her side',
  async play(run) {
    const {narrator, cast, facts} = run;
    const file = cast.patient.paper('log.json');
    const log = await cast.patient.does(['log', '--validator', String(OTHER_VALIDATOR), '--out', file]);
    const entries = log.list('entries');
    narrator.say(
      'served by',
      `validator ${OTHER_VALIDATOR}; ${entries.length} entries, root ${log.text('root').slice(0, 16)}…, proven by header ${log.text('height')}`,
    );
    const accesses = entries.filter(({event}) => event === 'access').map(({txId}) => String(txId));
    const asked = facts.decisions.map(({txId}) => txId);
    narrator.hold(
      `every one of the ${asked.length} attempts is there, none doubled, in their order`,
      JSON.stringify(accesses) === JSON.stringify(asked),
      `${accesses.length} entries`,
    );
    facts.counts['logEntries'] = entries.length;

    const honest = await verify(run, file);
    narrator.hold('vv verify, offline, with nothing but the genesis: it holds', honest.exit === 0, honest.errorText);
    for (const lie of Object.keys(LIES) as Lie[]) {
      const lying = cast.patient.paper(`log-${lie.replaceAll(' ', '-')}.json`);
      tamper(file, lying, lie);
      const said = await verify(run, lying);
      narrator.hold(`one entry ${lie}: no (${said.errorText})`, said.exit === 1, 'it holds');
    }
    await sleep(Math.max(0, statSync(run.props.get('oldLog')).mtimeMs + MAX_AGE_MS - Date.now()));
    const old = await verify(run, run.props.get('oldLog'));
    narrator.hold(
      `with an older head: no (${old.errorText})`,
      old.exit === 1 && old.errorCode === 'stale-header',
      'it holds',
    );
  },
};

function verify({cast}: StoryRun, file: string) {
  return cast.patient.triesWithoutHome(['verify', file]);
}
