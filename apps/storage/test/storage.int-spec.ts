import {LIMITS, TOPICS, decodeCanonical, sha256Of, toHex} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import {IpfsClusterClient, KuboClient} from '@vitalvault/ipfs-cluster-client';
import {eventually, idsIn} from '@vitalvault/testkit';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Person} from './people.js';
import {StorageSystem, codeOf} from './storage-system.js';
import {flipBlock} from './support/flip-block.js';

describe('storage over the real engines', () => {
  let system: StorageSystem;
  beforeAll(async () => {
    system = await StorageSystem.start();
  });
  afterAll(() => system.stop());

  let person: Person;
  let first: Awaited<ReturnType<Person['accepted']>>;

  it('brings a record from accepted over stored to anchored', async () => {
    person = await Person.enrolled(system.world);
    first = await person.accepted(1n, 'first');
    await system.post(first.value, person);
    const status = await system.until(first.recordId, 'anchored');
    expect(status).toMatchObject({recordId: first.recordId, logIndex: '0'});
    expect(Number(status['replicas'])).toBeGreaterThanOrEqual(2);
    expect(Number(status['height'])).toBeGreaterThan(1);
    const number = {device: person.deviceId, registration: 1, sequence: 1n};
    const {statuses} = await system.client.getRecordStatuses({numbers: [{...number, sequence: 2n}, number]});
    expect(statuses).toMatchObject([{found: false}, {found: true, state: 3, cid: status['cid'], logIndex: 0n}]);
    expect(toHex(statuses[1]?.recordId ?? new Uint8Array())).toBe(first.recordId);
    await expect(
      system.client.getRecordStatuses({numbers: Array.from({length: LIMITS.questionsAtOnce + 1}, () => number)}),
    ).rejects.toMatchObject({code: 'invalid-field'});
  });

  it('the same record again is nothing new; another one under its number is refused and alerted', async () => {
    const other = await person.accepted(1n, 'other');
    await system.post(first.value, person);
    await system.post(other.value, person);
    expect(await system.until(other.recordId, 'refused')).toMatchObject({refusal: {name: 'entryDuplicate'}});
    expect(await system.stateOf(first.recordId)).toMatchObject({state: 'anchored', logIndex: '0'});
    await eventually(() => {
      expect(system.alerts.map(({kind, subject}) => [kind, toHex(subject)])).toContainEqual([
        AlertKind.RECORD_REFUSED,
        other.recordId,
      ]);
    });
  });

  it('takes the next number', async () => {
    const next = await person.accepted(2n);
    await system.post(next.value, person);
    await system.until(next.recordId, 'anchored');
  });

  it('a record that the ledger refuses for good is refused with the reason, and alerted', async () => {
    const early = await person.accepted(3n, 'early', person.slot - 5_000);
    await system.post(early.value, person);
    expect(await system.until(early.recordId, 'refused')).toMatchObject({refusal: {name: 'entrySlot'}});
    await eventually(() => {
      expect(system.alerts.map(({subject}) => toHex(subject))).toContain(early.recordId);
    });
  });

  it('anchors a number that the device gives up, and the refused record under it counts as skipped', async () => {
    await system.producer.send(TOPICS.recordsAccepted, [
      {key: person.id, value: person.skip(3n)},
      {key: person.id, value: person.skip(4n)},
    ]);
    await eventually(
      async () => {
        const numbers = [3n, 4n].map((sequence) => ({device: person.deviceId, registration: 1, sequence}));
        const skipped = {found: true, state: 5};
        expect((await system.client.getRecordStatuses({numbers})).statuses).toMatchObject([skipped, skipped]);
      },
      20_000,
      200,
    );
  });

  it('hands out what a decision permits: keys from policy first, ciphertexts with the right hash', async () => {
    const txId = await person.requestOwn();
    const response = await system.release(person, txId);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.vitalvault.release.v1+protobuf',
    ]);
    const page = decodeCanonical(ReleasePageSchema, new Uint8Array(await response.arrayBuffer()));
    expect(toHex(page.txId)).toBe(txId);
    expect(page.records.map(({logIndex}) => logIndex)).toEqual([0n, 1n]);
    expect(page.nextPage).toBe('');
    for (const record of page.records) {
      expect(toHex(sha256Of(record.ciphertext))).toBe(toHex(record.ciphertextHash));
      expect(toHex(record.deviceKey)).toBe(toHex(person.device.publicKey));
    }
    expect(Buffer.from(page.records[0]?.ciphertext ?? [])).toEqual(Buffer.from(first.ciphertext));
    const request = system.policy.asked.at(-1);
    expect(request?.records).toHaveLength(2);
    expect(Buffer.from(request?.signedRequest ?? []).toString()).toContain('POST /v1/releases HTTP/1.1');
  });

  it('releases nothing to anybody else, to nobody, or for a request that is not there', async () => {
    const txId = await person.requestOwn();
    const stranger = await Person.enrolled(system.world);
    expect(await codeOf(await system.release(stranger, txId))).toBe('not-yours');
    expect(await codeOf(await system.release(person, 'ab'.repeat(32)))).toBe('tx-not-found');
    const unsigned = await fetch(`${system.url}/v1/releases`, {
      method: 'POST',
      body: JSON.stringify({txId}),
      headers: {'content-type': 'application/json'},
    });
    expect(await codeOf(unsigned)).toBe('signature-missing');
  });

  it.each(['notify-unavailable', 'behind', 'permit-ended', 'release-limit'] as const)(
    'releases nothing when policy says %s',
    async (code) => {
      const txId = await person.requestOwn();
      system.policy.fails = new DomainError(code);
      expect(await codeOf(await system.release(person, txId))).toBe(code);
      system.policy.fails = undefined;
    },
  );

  it('never serves a block whose bytes were flipped: another peer answers, the patient is alerted', async () => {
    const txId = await person.requestOwn();
    const digest = sha256Of(first.ciphertext);
    const flipped = await flipBlock(join(system.engines.data, 'ipfs', '0'), first.ciphertext);
    expect(flipped).toBeGreaterThan(0);
    const response = await system.release(person, txId);
    const page = decodeCanonical(ReleasePageSchema, new Uint8Array(await response.arrayBuffer()));
    expect(Buffer.from(page.records[0]?.ciphertext ?? [])).toEqual(Buffer.from(first.ciphertext));
    await eventually(() => {
      const found = system.alerts.find(({kind}) => kind === AlertKind.STORAGE_CORRUPT);
      expect(toHex(found?.subject ?? new Uint8Array())).toBe(`01551220${toHex(digest)}`);
    });
    // The damaged copy is written anew on the very peer that had it, and no pin of the repair stays.
    const cid = String((await system.stateOf(first.recordId))['cid']);
    await eventually(
      async () => {
        expect(
          await new KuboClient({gatewayUrl: system.engines.endpoints.kubo[0] ?? '', index: 0}).blockGet(cid, {
            timeoutMs: 2_000,
            maxBytes: 65_536,
          }),
        ).toMatchObject({outcome: 'served'});
        expect(
          Object.values((await new IpfsClusterClient({urls: system.engines.endpoints.ipfsCluster}).status(cid)).peers),
        ).not.toContain('pinned');
      },
      30_000,
      300,
    );
  });

  it('uses no answer of a permit up while IPFS is away: policy is not even asked', async () => {
    const txId = await person.requestOwn();
    for (const name of ['kubo-0', 'kubo-1', 'kubo-2']) await system.engines.control('kill', name);
    const before = system.policy.asked.length;
    for (let i = 0; i < 4; i++) expect(await codeOf(await system.release(person, txId))).toBe('ipfs-unavailable');
    expect(system.policy.asked).toHaveLength(before);
    for (const name of ['kubo-0', 'kubo-1', 'kubo-2']) await system.engines.control('start', name);
    await eventually(
      async () => {
        expect((await system.release(person, txId)).status).toBe(200);
      },
      30_000,
      500,
    );
    expect(system.policy.asked).toHaveLength(before + 1);
  });

  it('releases nothing and says who is away when policy is', async () => {
    const txId = await person.requestOwn();
    await system.policy.close();
    const response = await system.release(person, txId);
    expect(response.status).toBe(503);
    expect(await codeOf(response)).toBe('policy-unavailable');
    // Everything but releases goes on, once IPFS Cluster has heard again of the peers that were away.
    await eventually(
      async () => {
        expect(await system.readiness()).toMatchObject([
          200,
          {status: 'ok', degraded: [{part: 'policy', reason: expect.stringMatching(/^policy-unavailable/) as string}]},
        ]);
      },
      60_000,
      500,
    );
  });

  it('answers for its records without IPFS Cluster and chain, says since when, where and why, and takes them up again', async () => {
    const waiting = await person.accepted(50n, 'waiting');
    const away = ['cluster-0', 'cluster-1', 'cluster-2', 'comet-0'];
    for (const name of away) await system.engines.control('kill', name);
    await system.post(waiting.value, person);
    await system.until(waiting.recordId, 'accepted');
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
    await eventually(
      async () => {
        const [status, body] = await system.readiness();
        const {degraded = []} = body as {degraded?: {part: string}[]};
        const part = (name: string): object | undefined => degraded.find((one) => one.part === name);
        expect(status).toBe(200);
        expect(part('ipfs')).toMatchObject({since, reason: expect.stringMatching(/^ipfs-unavailable/) as string});
        // What it does in the background says for itself that it fails, and why.
        expect(part('storing')).toMatchObject({since, reason: expect.stringMatching(/^ipfs-unavailable/) as string});
        expect(part('ledger')).toMatchObject({
          since,
          at: expect.stringMatching(/^\d+$/) as string,
          reason: expect.stringContaining('no node of LEDGER_RPC') as string,
        });
      },
      60_000,
      500,
    );
    const numbers = [{device: person.deviceId, registration: 1, sequence: 50n}];
    expect((await system.client.getRecordStatuses({numbers})).statuses).toMatchObject([{found: true}]);
    for (const name of away) await system.engines.control('start', name);
    await eventually(
      async () => {
        const {degraded = []} = (await system.readiness())[1] as {degraded?: {part: string}[]};
        expect(degraded.map(({part}) => part)).not.toContainEqual(expect.stringMatching(/ipfs|storing|ledger/));
      },
      90_000,
      500,
    );
  }, 240_000);

  it('is not ready without its database, says so, and is again when that and Kafka are back', async () => {
    await system.database.end();
    const away = ['kafka', 'postgres'];
    for (const name of away) await system.engines.control('kill', name);
    await eventually(
      async () => {
        expect(await system.readiness()).toMatchObject([
          503,
          {reasons: {database: expect.stringMatching(/^database-unavailable/) as string}},
        ]);
      },
      60_000,
      500,
    );
    for (const name of away) await system.engines.control('start', name);
    await system.openDatabase();
    await eventually(
      async () => {
        expect(await system.readiness()).toMatchObject([200, {status: 'ok'}]);
      },
      90_000,
      500,
    );
  }, 240_000);

  it('loses nothing and anchors nothing twice when it is killed again and again under load', async () => {
    const busy = await Person.enrolled(system.world);
    const records = await Promise.all(
      Array.from({length: 120}, (_, index) => busy.accepted(BigInt(index + 1), `r${String(index)}`)),
    );
    for (const [index, {value}] of records.entries()) {
      await system.post(value, busy);
      if (index === 40 || index === 80) {
        await system.engines.control('kill', 'storage');
        await system.engines.control('start', 'storage');
      }
    }
    await eventually(
      async () => {
        const {rows} = await system.database.query<{state: number; count: string}>(
          'SELECT state, count(*) FROM records WHERE patient = $1 GROUP BY state',
          [toHex(busy.id)],
        );
        expect(rows).toEqual([{state: 3, count: '120'}]);
      },
      90_000,
      500,
    );
    const {rows} = await system.database.query<{n: string; distinct: string; top: string}>(
      'SELECT count(*) AS n, count(DISTINCT log_index) AS distinct, max(log_index) AS top FROM records WHERE patient = $1',
      [toHex(busy.id)],
    );
    expect(rows[0]).toEqual({n: '120', distinct: '120', top: '119'});
    const left = await system.database.query('SELECT 1 FROM waiting_ciphertexts');
    expect(left.rowCount).toBe(0);
  }, 180_000);

  // Last: what every step above wrote is there.
  it('told nobody whose records they were: no id is in a log line, span or metric of storage', async () => {
    const {rows} = await system.database.query<{id: string}>(
      'SELECT DISTINCT unnest(ARRAY[record_id, cid, tx_id, patient, device]) AS id FROM records',
    );
    const ids = Object.fromEntries(rows.flatMap(({id}) => (typeof id === 'string' ? [[id, id] as const] : [])));
    const {management, processes, traces = ''} = system.engines.endpoints;
    const log = await readFile(processes['storage']?.log ?? '', 'utf8');
    const metrics = await (await fetch(`${management['storage'] ?? ''}/metrics`)).text();
    const spans = await readFile(traces, 'utf8');
    expect([log, metrics, spans].map((text) => text.length > 1_000)).toEqual([true, true, true]);
    for (const said of ['anchored', 'block corrupt', 'block repaired']) expect(log).toContain(`"msg":"${said}"`);
    expect(idsIn(`${log}${metrics}${spans}`, ids)).toEqual([]);
    // The search sees what is there.
    const first = Object.keys(ids).slice(0, 1);
    expect(idsIn(`${log}{"msg":"${String(first)}"}`, ids)).toEqual(first);
  });
});
