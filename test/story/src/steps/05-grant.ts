import {readReadings} from '../papers.js';
import type {PlainRate} from '../papers.js';
import {latencies} from '../latencies.js';
import {ask, awaitAlerts} from '../asking.js';
import type {Step, StoryRun} from '../story-run.js';

/** Hours that the clinician reads, and the time after them. */
export const READ_FROM = '2016-04-01T08:00';
export const READ_TO = '2016-04-01T09:00';
const READ_END = '2016-04-01T10:00:00Z';
/** One is used in this step, one is hoarded in the next: then none is left. */
const MAX_READS = 2;

export const grantStep: Step = {
  title: 'The patient grants; the clinician reads two hours',
  async play(run) {
    const {narrator, props, facts, cast, source} = run;
    await grants(run);
    const {said, decision} = await ask(run, {
      what: 'two hours',
      grant: props.get('grantId'),
      type: 'omh:heart-rate',
      from: READ_FROM,
      to: READ_TO,
    });
    narrator.hold(
      `permitted at height ${decision.height}, tx ${decision.txId.slice(0, 16)}…`,
      decision.permit,
      decision.reason,
    );
    props.put('permit', decision);

    const readings = cast.clinician.paper('readings.json');
    const fetched = await cast.clinician.does([
      'clinician',
      'fetch',
      '--tx',
      decision.txId,
      '--out',
      readings,
      '--points',
      cast.clinician.paper('points.json'),
    ]);
    const alerts = await awaitAlerts(run, 'ACCESS_PERMITTED', [decision.txId]);
    const opened = readReadings(readings);
    props.put('opened', {recordIds: fetched.texts('recordIds'), readings: opened.length});
    facts.latencies['requestToPlaintext'] = latencies([said.number('tookMs') + fetched.number('tookMs')]);
    facts.counts['opened'] = opened.length;

    const plot = await cast.clinician.doesWithoutHome(['clinician', 'plot', '--in', readings]);
    narrator.show(plot.texts('lines'));
    narrator.say(
      'opened',
      `${fetched.text('records')} records, ${opened.length} readings: hash, AAD, signature of the device, numbers and schema fit`,
    );
    narrator.say('request to plaintext', `${said.number('tookMs') + fetched.number('tookMs')} ms`);
    narrator.hold('nothing is missing and nothing is wrong', fetched.list('findings').length === 0);
    narrator.hold('compared with the source file: equal', sameReadings(opened, source.rows.filter(inHours)));
    narrator.hold('the patient was alerted', alerts.length === 1);
  },
};

async function grants({cast: {patient}, narrator, props}: StoryRun): Promise<void> {
  const grant = await patient.does([
    'patient',
    'grant',
    '--to',
    props.get('member'),
    '--type',
    'omh:heart-rate',
    '--purpose',
    'TREAT',
    '--data-from',
    '2016-04-01T00:00',
    '--data-to',
    '2016-04-01T23:00',
    '--access-to',
    '+7d',
    '--max-reads',
    String(MAX_READS),
  ]);
  props.put('grantId', grant.text('grantId'));
  props.put('grantHeight', grant.text('height'));
  props.put('grantTxId', grant.text('txId'));
  narrator.say('grant', `${grant.text('grantId')}; height ${grant.text('height')}`);
  narrator.say(
    'to',
    `${grant.text('title')} ${grant.text('name')}, ${grant.text('organisation')}: proven on the ledger, profile signed by her organisation`,
  );
  narrator.say(
    'terms',
    `heart rate, TREAT, readings of 1 April 2016, seven days, ${MAX_READS} reads; ${grant.text('wrapped')} epoch key sealed to her`,
  );
}

function inHours({unixSeconds}: PlainRate): boolean {
  return unixSeconds >= Date.parse(`${READ_FROM}:00Z`) / 1000 && unixSeconds < Date.parse(READ_END) / 1000;
}

/** Equal as sequences of time and value. */
export function sameReadings(opened: readonly PlainRate[], source: readonly PlainRate[]): boolean {
  return (
    opened.length === source.length &&
    source.length > 0 &&
    source.every(
      (row, i) => opened[i]?.unixSeconds === row.unixSeconds && opened[i].beatsPerMinute === row.beatsPerMinute,
    )
  );
}
