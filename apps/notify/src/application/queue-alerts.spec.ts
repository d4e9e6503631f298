import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {DomainError} from '@vitalvault/errors';
import {madeStep} from '@vitalvault/process/testing';
import type {NewAlert} from '../domain/alert.js';
import type {Rule} from '../domain/rules.js';
import {AlertFeed} from './alert-feed.js';
import type {Effects} from './ports.js';
import {QueueAlerts} from './queue-alerts.js';

const alert = (alertId: string, more: Partial<NewAlert> = {}) => ({
  alert: {alertId, patient: 'p', kind: AlertKind.ACCESS_PERMITTED, raisedAtMs: 1n, subject: 'aa', text: '', ...more},
  traceparent: `trace of ${alertId}`,
});
const silent: Rule = {kind: AlertKind.ACCESS_PERMITTED, action: 'store'};

/** Queues over fakes that note what happens; ids in `known` were queued before. */
function harness(given: {rules?: Record<string, Rule[]>; known?: string[]; minute?: number} = {}) {
  const steps: string[] = [];
  const saved: Effects[] = [];
  const away = {preferences: false, queue: false};
  const feed = new AlertFeed({followers: 10, followersOfPatient: 10});
  const [p, q] = [feed.follow('p'), feed.follow('q')];
  const queue = new QueueAlerts(
    {now: () => (1_440 * 3 + (given.minute ?? 0)) * 60_000 + 59_999},
    {
      queue: {
        save: async (effects) => {
          await Promise.resolve();
          if (away.queue) throw new DomainError('database-unavailable');
          steps.push(`saved, p at ${String(p.version())}`);
          saved.push(effects);
          return new Set(effects.alerts.map((one) => one.alert.alertId).filter((id) => !given.known?.includes(id)));
        },
        page: () => Promise.resolve([]),
        acknowledge: () => Promise.resolve(false),
      },
      preferences: {
        rulesOf: async (patients) => {
          await Promise.resolve();
          if (away.preferences) throw new DomainError('database-unavailable');
          return new Map(patients.map((patient) => [patient, given.rules?.[patient] ?? []]));
        },
        rules: () => Promise.reject(new Error('asks for all at once')),
        putRules: () => Promise.resolve(),
        webhooks: () => Promise.resolve([]),
        putWebhooks: () => Promise.resolve(),
      },
      feed,
      deliver: () => steps.push('deliver'),
    },
  );
  return {queue, steps, saved, away, woken: () => ({p: p.version(), q: q.version()})};
}

describe('QueueAlerts', () => {
  it('saves alerts, keys and position together, and wakes only when that is durable', async () => {
    const {queue, steps, saved, woken} = harness();
    const keys = [{keyId: 'k', patient: 'p', publicKey: new Uint8Array(33), height: 1n, place: 0}];
    const advance = madeStep(6n, 7n);
    expect(await queue.execute({alerts: [alert('1'), alert('2')], keys, advance})).toEqual(new Set(['1', '2']));
    const alerts = [alert('1'), alert('2')].map((one) => ({...one, pushed: true}));
    expect(saved).toEqual([{alerts, keys, advance}]);
    expect(steps).toEqual(['saved, p at 0', 'deliver']);
    expect(woken()).toEqual({p: 1, q: 0});
  });

  it.each(['preferences', 'queue'] as const)('tells nobody when the database is away (%s)', async (what) => {
    const {queue, steps, saved, away, woken} = harness();
    away[what] = true;
    await expect(queue.execute({alerts: [alert('1')]})).rejects.toMatchObject({code: 'database-unavailable'});
    expect([steps, saved, woken()]).toEqual([[], [], {p: 0, q: 0}]);
  });

  it.each([
    ['an alert that is queued already', {known: ['1']}, true],
    ['what the patient has only stored', {rules: {p: [silent]}}, false],
    ['what she has stored at this minute of the day', {minute: 61, rules: {p: [quiet(61, 62)]}}, false],
  ])('wakes nobody for %s', async (_what, given, pushed) => {
    const {queue, steps, saved, woken} = harness(given);
    await queue.execute({alerts: [alert('1')]});
    expect(saved).toMatchObject([{alerts: [{pushed}]}]);
    expect(steps).toEqual(['saved, p at 0']);
    expect(woken()).toEqual({p: 0, q: 0});
  });

  it.each([
    ['a refusal, whatever her rules say', {rules: {p: [{...silent, kind: AlertKind.ACCESS_REFUSED}]}}],
    ['what another patient has stored', {rules: {q: [{...silent, kind: AlertKind.ACCESS_REFUSED}, silent]}}],
    ['what is stored at another minute only', {minute: 62, rules: {p: [quiet(61, 62)]}}],
  ])('pushes %s', async (what, given) => {
    const {queue, saved, woken} = harness(given);
    const kind = what.startsWith('a refusal') ? AlertKind.ACCESS_REFUSED : AlertKind.ACCESS_PERMITTED;
    await queue.execute({alerts: [alert('1', {kind})]});
    expect(saved).toMatchObject([{alerts: [{pushed: true}]}]);
    expect(woken()).toEqual({p: 1, q: 0});
  });

  it("one patient's rules do not silence another in the same batch", async () => {
    const {queue, steps, woken} = harness({rules: {p: [silent]}});
    await queue.execute({alerts: [alert('1'), alert('2', {patient: 'q'})]});
    expect(woken()).toEqual({p: 0, q: 1});
    expect(steps).toEqual(['saved, p at 0', 'deliver']);
  });

  it('moves a position that brings no alert, without keys of its own making', async () => {
    const {queue, saved, steps} = harness();
    const advance = madeStep(undefined, 1n);
    await queue.execute({alerts: [], advance});
    expect(saved).toStrictEqual([{alerts: [], advance}]);
    expect(steps).toEqual(['saved, p at 0']);
  });
});

function quiet(from: number, to: number): Rule {
  return {...silent, quiet: {from, to}};
}
