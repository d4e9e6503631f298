import {DomainError} from '@vitalvault/errors';
import {FakeTable} from '../../test/support/fakes.js';
import {StorageBacklog} from './storage-backlog.js';

/** A log that is kept for a minute; storage is asked every three seconds. */
function harness(backlogMs: number) {
  const [table, clock] = [new FakeTable(), {ms: 5_000}];
  table.backlog = backlogMs;
  const backlog = new StorageBacklog({retentionMs: 60_000, checkEveryMs: 3_000, now: () => clock.ms}, {table});
  return {table, clock, backlog};
}

describe('StorageBacklog', () => {
  it.each([
    [0, undefined],
    [30_000, undefined],
    [30_001, 30],
    [59_999, 59],
  ])('%i ms behind, of a minute: refused with %s', async (behindMs, oldestSeconds) => {
    const {backlog} = harness(behindMs);
    const check = backlog.check();
    if (oldestSeconds === undefined) await check;
    else
      await expect(check).rejects.toMatchObject({code: 'storage-behind', retryAfterSeconds: 30, meta: {oldestSeconds}});
  });

  it('asks once for many requests and for three seconds, and again after them', async () => {
    const {backlog, table, clock} = harness(0);
    await Promise.all([backlog.check(), backlog.check()]);
    clock.ms += 3_000;
    await backlog.check();
    expect(table.backlogAsked).toBe(1);
    clock.ms += 1;
    await backlog.check();
    expect(table.backlogAsked).toBe(2);
  });

  it('goes on refusing by what it knows, until an answer says otherwise', async () => {
    const {backlog, table, clock} = harness(40_000);
    await expect(backlog.check()).rejects.toMatchObject({code: 'storage-behind'});
    table.backlog = 0;
    await expect(backlog.check()).rejects.toMatchObject({code: 'storage-behind'});
    clock.ms += 3_001;
    await backlog.check();
  });

  it('refuses when storage cannot say, and asks again at once', async () => {
    const {backlog, table} = harness(0);
    table.backlogMs = () => Promise.reject(new DomainError('storage-unavailable'));
    await expect(backlog.check()).rejects.toMatchObject({code: 'storage-unavailable'});
    table.backlogMs = () => Promise.resolve(0);
    await backlog.check();
  });
});
