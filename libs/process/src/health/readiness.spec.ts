import {DomainError} from '@vitalvault/errors';
import {BackgroundWork} from './background-work.js';
import {Readiness} from './readiness.js';
import type {Need, ReadinessCheck} from './readiness.js';

/** A process that has just started, with one check. */
function started(check: ReadinessCheck, needed?: Need) {
  const clock = {ms: Date.UTC(2026, 0, 1)};
  const readiness = new Readiness(() => clock.ms);
  readiness.add('part', check, needed === undefined ? {} : {needed});
  readiness.started = true;
  return {clock, readiness};
}

describe('Readiness', () => {
  it('asks once a second at the most, whoever asks and however long the answer takes', async () => {
    let asked = 0;
    const gate = Promise.withResolvers<undefined>();
    const {clock, readiness} = started(() => {
      asked++;
      return gate.promise;
    });
    const looks = Array.from({length: 1_000}, () => readiness.look());
    gate.resolve(undefined);
    await Promise.all(looks);
    expect(asked).toBe(1);
    clock.ms += 999;
    await readiness.look();
    expect(asked).toBe(1);
    clock.ms += 1;
    await Promise.all([readiness.look(), readiness.look()]);
    expect(asked).toBe(2);
  });

  it('tells since when a part waits, through changing reasons, until it goes on', async () => {
    let reason: string | undefined = 'one';
    const {clock, readiness} = started(() => reason, false);
    const degraded = async (): Promise<unknown> => (await readiness.look()).degraded;
    expect(await degraded()).toEqual([{part: 'part', since: '2026-01-01T00:00:00.000Z', reason: 'one'}]);
    clock.ms += 60_000;
    reason = 'two';
    expect(await degraded()).toEqual([{part: 'part', since: '2026-01-01T00:00:00.000Z', reason: 'two'}]);
    clock.ms += 1_000;
    reason = undefined;
    expect(await degraded()).toEqual([]);
    clock.ms += 1_000;
    reason = 'three';
    expect(await degraded()).toEqual([{part: 'part', since: '2026-01-01T00:01:02.000Z', reason: 'three'}]);
  });

  it('hands on the place and the time that a check knows', async () => {
    const {readiness} = started(() => Promise.resolve({reason: 'no block', at: '310', sinceMs: 0}), false);
    expect(await readiness.look()).toEqual({
      reasons: {},
      degraded: [{part: 'part', at: '310', since: '1970-01-01T00:00:00.000Z', reason: 'no block'}],
    });
  });

  it('knows since when a part waits though nobody asked', async () => {
    const looked = Promise.withResolvers<undefined>();
    const {clock, readiness} = started(() => {
      looked.resolve(undefined);
      return 'away';
    }, false);
    const stop = readiness.keepLooking(1);
    await looked.promise;
    stop();
    clock.ms += 60_000;
    expect((await readiness.look()).degraded).toEqual([
      {part: 'part', since: '2026-01-01T00:00:00.000Z', reason: 'away'},
    ]);
  });

  it('tells a database that is away as that, once, whichever part met it', async () => {
    const away = new DomainError('database-unavailable');
    const {readiness} = started(() => Promise.reject(away), false);
    const work = new BackgroundWork({now: () => 0});
    work.failed(away, '310');
    readiness.add('work', () => work.trouble, {needed: false});
    const reason = 'database-unavailable';
    expect(await readiness.look()).toEqual({
      reasons: {},
      degraded: [{part: 'database', since: '2026-01-01T00:00:00.000Z', reason}],
    });
    readiness.add('database', () => Promise.reject(away));
    expect(await readiness.look()).toEqual({reasons: {database: reason}, degraded: []});
  });

  it('waits at the start for what it has not reached, a minute at the most', async () => {
    const {clock, readiness} = started(() => 'away', 'at-start');
    expect((await readiness.look()).reasons).toEqual({part: 'away'});
    clock.ms += 59_999;
    expect((await readiness.look()).reasons).toEqual({part: 'away'});
    clock.ms += 1_000;
    expect(await readiness.look()).toMatchObject({reasons: {}, degraded: [{part: 'part', reason: 'away'}]});
  });

  it('stays ready when that goes away later, at once', async () => {
    const wrong: string[] = [];
    const {clock, readiness} = started(() => wrong[0], 'at-start');
    expect(await readiness.look()).toEqual({reasons: {}, degraded: []});
    clock.ms += 1_000;
    wrong.push('away');
    expect(await readiness.look()).toMatchObject({reasons: {}, degraded: [{reason: 'away'}]});
  });
});

describe('BackgroundWork', () => {
  it('tells since when every try fails, where and why the last did, and nothing once one went well', () => {
    let now = 5;
    const work = new BackgroundWork({now: () => now});
    expect(work.trouble).toBeUndefined();
    work.failed(new Error('words of somebody'));
    now = 9;
    const cause = Object.assign(new Error('secret'), {code: 'ECONNREFUSED'});
    work.failed(new DomainError('database-unavailable', {cause}), '310');
    expect(work.trouble).toEqual({
      ...{reason: 'database-unavailable: nobody listens there', at: '310', sinceMs: 5},
      part: 'database',
    });
    work.done();
    expect(work.trouble).toBeUndefined();
  });
});
