import {ask, awaitAlerts} from '../asking.js';
import type {Step} from '../story-run.js';

export const noGrantStep: Step = {
  title: 'The clinician asks before any grant',
  async play(run) {
    const {narrator, cast} = run;
    const {decision} = await ask(run, {what: 'no grant', from: '2016-04-01T08:00', to: '2016-04-01T09:00'});
    narrator.say(
      'decision',
      `refused at height ${decision.height}, tx ${decision.txId.slice(0, 16)}…; she is told: ${decision.reason ?? ''}`,
    );
    narrator.hold('refused', !decision.permit);
    const entries = (await cast.patient.does(['log'])).list('entries');
    narrator.hold(
      `entry ${decision.logIndex} of the patient's access log is this request`,
      entries.some(
        ({txId, kind, index}) => txId === decision.txId && kind === 'refused' && String(index) === decision.logIndex,
      ),
    );
    narrator.hold('the patient was alerted', (await awaitAlerts(run, 'ACCESS_REFUSED', [decision.txId])).length === 1);
  },
};
