import {setTimeout as sleep} from 'node:timers/promises';
import type {Said} from './said.js';
import type {StoryDecision} from './props.js';
import type {StoryRun} from './story-run.js';

/** What the clinician asks for in the story. */
export interface Question {
  /** In the story's words, for demo.json. */
  what: string;
  grant?: string | undefined;
  type?: string | undefined;
  from: string;
  to: string;
  purpose?: string;
}

/** Has the clinician ask on the ledger, and keeps the decision; a refusal is an answer like any other. */
export async function ask(
  run: StoryRun,
  {what, grant, type, from, to, purpose}: Question,
): Promise<{said: Said; decision: StoryDecision}> {
  const said = await run.cast.clinician.tries([
    'clinician',
    'request',
    '--card',
    run.props.get('card'),
    '--from',
    from,
    '--to',
    to,
    ...(grant === undefined ? [] : ['--grant', grant]),
    ...(type === undefined ? [] : ['--type', type]),
    ...(purpose === undefined ? [] : ['--purpose', purpose]),
  ]);
  const decision: StoryDecision = {
    what,
    txId: said.text('txId'),
    height: said.text('height'),
    logIndex: said.text('logIndex'),
    permit: said.flag('permit'),
    ...(said.has('rule') ? {rule: said.number('rule'), reason: said.text('reason')} : {}),
  };
  run.facts.decisions.push(decision);
  return {said, decision};
}

/** An alert as notify lists it. */
export interface StoryAlert {
  kind: string;
  subject: string;
  raisedAtMs: number;
}

const PATIENCE_MS = 20_000;
const EVERY_MS = 500;

/** Waits for alerts of a kind about each of the subjects (hexadecimal). @returns those that came, in time or not. */
export async function awaitAlerts(run: StoryRun, kind: string, subjects: readonly string[]): Promise<StoryAlert[]> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const alerts = (await allAlerts(run)).filter((alert) => alert.kind === kind && subjects.includes(alert.subject));
    if (alerts.length >= subjects.length || Date.now() > until) return alerts;
    await sleep(EVERY_MS);
  }
}

/** Everything that the patient was told so far. */
export async function allAlerts(run: StoryRun): Promise<StoryAlert[]> {
  const said = await run.cast.patient.does(['patient', 'alerts', '--limit', '1000']);
  return said
    .list('alerts')
    .map((alert) => ({
      kind: kindOf(alert['kind']),
      subject: String(alert['subject']),
      raisedAtMs: Number(alert['raisedAtMs']),
    }));
}

/** ACCESS_REFUSED however it is written: with or without the enum's prefix, in whatever case. */
function kindOf(kind: unknown): string {
  return String(kind).toUpperCase().replaceAll('-', '_').replace('ALERT_KIND_', '');
}
