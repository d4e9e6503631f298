import {ask, awaitAlerts} from '../asking.js';
import type {Question} from '../asking.js';
import type {StoryDecision} from '../props.js';
import type {Step, StoryRun} from '../story-run.js';
import {READ_FROM, READ_TO} from './05-grant.js';

/** Rules of docs/protocol.md §6. */
const RULE = {type: 6, hours: 7, purpose: 8, reads: 9} as const;

export const refusalsStep: Step = {
  title: 'Whatever the grant does not say is refused',
  async play(run) {
    const {narrator, props} = run;
    const hours = {grant: props.get('grantId'), type: 'omh:heart-rate', from: READ_FROM, to: READ_TO};
    const refusals = [
      await refused(run, RULE.type, {...hours, type: undefined, what: 'a nameless type'}),
      await refused(run, RULE.hours, {...hours, what: 'other hours', to: '2016-04-02T01:00'}),
      await refused(run, RULE.purpose, {...hours, what: 'for research', purpose: 'HRESCH'}),
    ];
    const {decision: hoarded} = await ask(run, {...hours, what: 'a second read'});
    narrator.say(
      'a second read',
      `permitted at height ${hoarded.height}, tx ${hoarded.txId.slice(0, 10)}…: she keeps the permit`,
    );
    narrator.hold('the second read was the last one granted, and she got it', hoarded.permit, hoarded.reason);
    props.put('hoarded', hoarded);
    refusals.push(await refused(run, RULE.reads, {...hours, what: 'a third read'}));
    await patientIsTold(run, refusals);
  },
};

interface Refusal {
  rule: number;
  decision: StoryDecision;
}

async function refused(run: StoryRun, rule: number, question: Question): Promise<Refusal> {
  const {decision} = await ask(run, question);
  run.narrator.say(
    question.what,
    `refused at height ${decision.height}, tx ${decision.txId.slice(0, 10)}…; she is told: ${decision.reason ?? ''}`,
  );
  run.narrator.hold(
    `refused, and her own grant tells her why (rule ${rule})`,
    !decision.permit && decision.rule === rule,
    `rule ${String(decision.rule)}`,
  );
  return {rule, decision};
}

/** The patient asks for the exact reason of each, and has an alert for each. */
async function patientIsTold(run: StoryRun, refusals: readonly Refusal[]): Promise<void> {
  const {narrator, cast} = run;
  const indexes = refusals.map(({decision}) => decision.logIndex);
  const told = (await cast.patient.does(['patient', 'explain', '--index', ...indexes])).list('explanations');
  told.forEach((explanation, i) => {
    narrator.say(`entry ${indexes[i] ?? ''}`, `the patient is told: ${String(explanation['reason'])}`);
  });
  narrator.hold(
    'the patient sees the exact reason of each',
    refusals.every(({rule}, i) => told[i]?.['rule'] === rule && told[i]['permit'] === false),
    JSON.stringify(told),
  );
  const alerts = await awaitAlerts(
    run,
    'ACCESS_REFUSED',
    refusals.map(({decision}) => decision.txId),
  );
  narrator.hold('and was alerted of each', alerts.length === refusals.length, `${alerts.length} alerts`);
}
