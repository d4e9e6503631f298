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
    const grant = props.get('grantId');
    const hours = {grant, from: READ_FROM, to: READ_TO};
    await refused(run, RULE.type, {...hours, what: 'a type she cannot name'});
    await refused(run, RULE.hours, {...hours, what: 'hours outside the data period', type: 'omh:heart-rate', to: '2016-04-02T01:00'});
    await refused(run, RULE.purpose, {...hours, what: 'research', type: 'omh:heart-rate', purpose: 'HRESCH'});
    const {decision: hoarded} = await ask(run, {...hours, what: 'a permit that she keeps for later', type: 'omh:heart-rate'});
    narrator.hold(`a second read is permitted; she keeps the permit, tx ${hoarded.txId.slice(0, 16)}…`, hoarded.permit, hoarded.reason);
    props.put('hoarded', hoarded);
    await refused(run, RULE.reads, {...hours, what: 'after the reads are used up', type: 'omh:heart-rate'});
  },
};

async function refused(run: StoryRun, rule: number, question: Question): Promise<StoryDecision> {
  const {narrator, cast} = run;
  const {decision} = await ask(run, question);
  const [told] = (await cast.patient.does(['patient', 'explain', '--index', decision.logIndex])).list('explanations');
  narrator.say(question.what, `height ${decision.height}, tx ${decision.txId.slice(0, 10)}…`);
  narrator.say('', `patient: ${String(told?.['reason'])} Clinician: ${decision.reason ?? ''}.`);
  narrator.hold(`refused by rule ${rule}; the patient sees the exact reason`, !decision.permit && told?.['rule'] === rule && told['permit'] === false, JSON.stringify(told));
  narrator.hold('the clinician sees what her own grant tells her', decision.rule === rule, `rule ${String(decision.rule)}`);
  narrator.hold('the patient was alerted', (await awaitAlerts(run, 'ACCESS_REFUSED', [decision.txId])).length === 1);
  return decision;
}
