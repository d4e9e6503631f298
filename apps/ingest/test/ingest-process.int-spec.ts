import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {RunningProcess, eventually, freePort} from '@vitalvault/testkit';
import {join} from 'node:path';
import {IngestSystem, MANY, ONE, inKafka, many, one, problemOf} from './ingest-system.js';

const system = new IngestSystem();
const {fresh} = system;
beforeAll(() => system.start());
afterAll(() => system.stop());

describe('a process of its own', () => {
  const environment = (given: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(
      Object.entries({...system.settings(), ...given}).map(([name, value]) => [
        `VITALVAULT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
        String(value),
      ]),
    );
  let management = 0;
  const run = async (port: number, given: Record<string, unknown> = {}): Promise<RunningProcess> => {
    management = await freePort();
    const child = new RunningProcess({
      command: process.execPath,
      args: [join(import.meta.dirname, '..', 'dist', 'main.js')],
      env: {...environment({...given, httpPort: port, managementPort: management}), PATH: process.env['PATH'] ?? ''},
    });
    await eventually(
      async () => expect((await fetch(`http://127.0.0.1:${String(management)}/readyz`)).status).toBe(200),
      30_000,
    );
    return child;
  };
  const to = (port: number, body: Buffer, type = ONE): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(port)}/v1/records`, {
      method: 'POST',
      body: Uint8Array.from(body),
      headers: {'content-type': type},
    });

  it('over quota: the whole request, with the time to wait, and nothing of it happened', async () => {
    const port = await freePort();
    const child = await run(port, {deviceBurst: 5, deviceRefillPerSecond: 1});
    const records = Array.from({length: 11}, () => fresh());
    expect(await problemOf(await to(port, many(...records.slice(0, 6)), MANY))).toEqual([413, 'too-many-records']);
    expect((await to(port, many(...records.slice(0, 5)), MANY)).status).toBe(202);
    const over = await to(port, many(...records.slice(5, 9)), MANY);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await problemOf(over)).toEqual([429, 'quota-exceeded']);
    await eventually(() => expect(records.slice(0, 5).map(inKafka)).toEqual([1, 1, 1, 1, 1]));
    expect(records.slice(5).map(inKafka)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await child.end()).toBe(0);
  });

  it('beside another on its machine: each forgets a device when its removal is told', async () => {
    const port = await freePort();
    const child = await run(port);
    const posts = [system.post, (body: Buffer) => to(port, body)];
    const each = async (status: number): Promise<void> => {
      for (const post of posts) await eventually(async () => expect((await post(one(fresh()))).status).toBe(status));
    };
    // Whoever joins a group has all its members forget everything: that is over when both are in theirs.
    await eventually(async () => expect(await system.members()).toBe(2), 30_000);
    await each(202);
    await system.removeDevice();
    await each(403);
    await system.removeDevice(false);
    system.sequence += 100n;
    await each(202);
    expect(await child.end()).toBe(0);
  });

  it('SIGTERM under load: serves while it drains, then what was taken is answered and in Kafka, and nothing else is', async () => {
    const port = await freePort();
    const child = await run(port, {deviceBurst: 100_000, ownerBurst: 100_000, drainMs: 1_000});
    const [acknowledged, unanswered]: [PostedRecord[], PostedRecord[]] = [[], []];
    const worker = async (): Promise<void> => {
      while (unanswered.length < 4) {
        const posted = fresh();
        const sent = await to(port, one(posted)).catch(() => undefined);
        if (sent === undefined) {
          unanswered.push(posted);
          return;
        }
        expect(sent.status).toBe(202);
        acknowledged.push(posted);
      }
    };
    const load = Promise.all([worker(), worker(), worker(), worker()]);
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(20), 20_000, 5);
    const code = child.end('SIGTERM');
    const before = acknowledged.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await (await fetch(`http://127.0.0.1:${String(management)}/readyz`)).json()).toEqual({
      status: 'not ready',
      reasons: {process: 'stopping'},
    });
    expect(acknowledged.length).toBeGreaterThan(before);
    await load;
    expect(await code).toBe(0);
    await eventually(() => expect(acknowledged.filter((posted) => inKafka(posted) !== 1)).toEqual([]), 20_000);
    expect(unanswered.map(inKafka)).toEqual([0, 0, 0, 0]);
  });

  it('SIGKILL under load: what was acknowledged is in Kafka, and the rest is taken by the next process under the same numbers', async () => {
    const port = await freePort();
    const first = await run(port, {deviceBurst: 1_000});
    const records = Array.from({length: 150}, () => fresh());
    const acknowledged = new Set<PostedRecord>();
    let broken = 0;
    const waiting = [...records];
    const worker = async (): Promise<void> => {
      for (let posted = waiting.shift(); posted !== undefined; posted = waiting.shift()) {
        const sent = await to(port, one(posted)).catch(() => undefined);
        if (sent === undefined) broken++;
        else if (sent.status === 202) acknowledged.add(posted);
        if (broken > 0) return;
      }
    };
    const load = Promise.all([worker(), worker(), worker(), worker()]);
    await eventually(() => expect(acknowledged.size).toBeGreaterThan(20), 20_000, 5);
    await first.end('SIGKILL');
    await load;
    // A connection that broke while its answer was awaited is the request in flight.
    expect(broken).toBeGreaterThan(0);
    expect(acknowledged.size).toBeLessThan(records.length);
    await eventually(() => expect([...acknowledged].map(inKafka)).toEqual([...acknowledged].map(() => 1)), 20_000);
    const second = await run(port, {deviceBurst: 1_000});
    expect((await to(port, many(...records.filter((posted) => !acknowledged.has(posted))), MANY)).status).toBe(202);
    await eventually(() => expect(records.filter((posted) => inKafka(posted) === 0)).toEqual([]), 20_000);
    expect(await second.end()).toBe(0);
  });
});
