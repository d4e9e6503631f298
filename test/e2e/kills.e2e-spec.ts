import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {STATE_KIND, decodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordId, recordIdOfPosted} from '@vitalvault/envelope';
import {verifyRecordLog} from '@vitalvault/proofs';
import {HEART_RATE} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import {alertSubjects, ledgerOf, readingsOf, registerDevice, timesAlerted} from './platform/actors.js';
import {Journal} from './platform/journal.js';
import {thePlatform} from './platform/platform.js';
import type {Platform} from './platform/platform.js';
import {Reader} from './platform/reader.js';
import {Ward} from './platform/ward.js';

/** Three workers with this pause stay below a device's quota. */
const PAUSE_MS = 250;
const WORKERS = 3;
const PAGE = 500;

describe('killed with SIGKILL under load, each with a request in flight, the system loses nothing that it acknowledged', () => {
  let platform: Platform;
  let ward: Ward;
  let journal: Journal;
  let reader: Reader;
  let load: Promise<unknown>;
  let loading = true;
  /** A record that nobody takes must not keep the suite from its end: set when all is over. */
  let gaveUp = false;
  const dead = new Set<string>();
  /** Posted and not answered at this moment. */
  const inFlight = new Set<PostedRecord>();
  const acknowledged = new Map<string, number>();
  const unexpected: string[] = [];
  let broken = 0;

  beforeAll(async () => {
    platform = thePlatform();
    ward = await Ward.open(platform);
    journal = new Journal(join(platform.data, 'observed'), 'kills');
    reader = new Reader(ward, ledgerOf(platform, 1), journal, ward.now - 20);
    await postReal(ward.now - 20);
    load = Promise.all([...Array.from({length: WORKERS}, () => wear()), consult()]);
  });
  afterAll(async () => {
    loading = false;
    gaveUp = true;
    await load;
    for (const name of dead) await platform.control('start', name);
  });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });

  /** What readers can open: the load's own records are well-formed, and random inside. */
  async function postReal(slot: number): Promise<void> {
    const {device} = await registerDevice(ward.office, ward.owner, ward.now - 50);
    const sealed = await device.seal(HEART_RATE, readingsOf(slot, 20));
    const sent = Date.now();
    await device.post(sealed);
    await device.settleAll(60_000);
    for (const {recordId: record} of sealed) {
      acknowledged.set(record, 1);
      const about = {act: 'post', patient: ward.owner.keys.patient, record} as const;
      journal.write({...about, sent, answered: Date.now(), outcome: 'accepted'});
    }
  }

  /**
   * A device of good faith: one record after the other, each posted until it is acknowledged, always the same bytes.
   */
  async function wear(): Promise<void> {
    while (loading) {
      const posted = ward.records.next();
      const about = {patient: ward.owner.keys.patient, record: toHex(recordIdOfPosted(posted)), sent: Date.now()};
      let taken = false;
      while (!(taken = await acknowledge(posted)) && !gaveUp) await pause(PAUSE_MS);
      const [answered, outcome] = taken ? ([Date.now(), 'accepted'] as const) : ([null, 'unknown'] as const);
      journal.write({act: 'post', ...about, answered, outcome});
      await pause(PAUSE_MS);
    }
  }

  async function acknowledge(posted: PostedRecord): Promise<boolean> {
    inFlight.add(posted);
    const response = await ward.post(posted, 15_000).catch(() => undefined);
    inFlight.delete(posted);
    if (response === undefined) {
      broken += 1;
      return false;
    }
    if (response.status === 202) {
      const id = toHex(recordIdOfPosted(posted));
      acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1);
      return true;
    }
    // Busy, or somebody is away: the same bytes again. Any other answer is a record lost, and is told by the last
    // tests.
    if (response.status !== 503 && response.status !== 429)
      unexpected.push(`${response.status} ${await response.text().catch(() => '')}`);
    return false;
  }

  /** Grants, requests, releases, revocations; what becomes of one whose answer is lost is for the ledger to say. */
  async function consult(): Promise<void> {
    while (loading) {
      await reader.turn();
      await pause(500);
    }
  }

  /** Kills at a moment when a posted record is not answered yet. @returns how many were waiting */
  async function killInFlight(names: readonly string[]): Promise<number> {
    const {processes} = JSON.parse(
      readFileSync(join(platform.data, 'endpoints.json'), 'utf8'),
    ) as Platform['endpoints'];
    const pids = names.map((name) => processes[name]?.pid ?? 0);
    expect(pids.every((pid) => pid > 1)).toBe(true);
    for (const until = Date.now() + 20_000; inFlight.size === 0 && Date.now() < until;) await pause(1);
    // From here to the kill nothing can be answered: both are in one turn of the loop.
    const waiting = inFlight.size;
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    for (const name of names) dead.add(name);
    return waiting;
  }

  it.each<[string, string[]]>([
    ['ingest', ['ingest']],
    ['storage', ['storage']],
    ['policy', ['policy']],
    ['notify', ['notify']],
    ['Kafka', ['kafka']],
    ['a validator', ['comet-1', 'abci-1']],
  ])('%s', async (_what, names) => {
    const before = acknowledged.size;
    await eventually(
      () => {
        expect(acknowledged.size).toBeGreaterThan(before + 5);
      },
      30_000,
      50,
    );
    expect(await killInFlight(names)).toBeGreaterThan(0);
    await pause(500);
    for (const name of names.toReversed()) {
      await platform.control('start', name);
      dead.delete(name);
    }
    const after = acknowledged.size;
    await eventually(
      () => {
        expect(acknowledged.size).toBeGreaterThan(after + 5);
      },
      60_000,
      100,
    );
  });

  it('everything that was acknowledged is anchored, exactly once', async () => {
    loading = false;
    await Promise.race([load, pause(60_000)]);
    const anchored = await eventually(
      async () => {
        const ids = await recordLog();
        expect(ids.length).toBeGreaterThanOrEqual(acknowledged.size);
        return ids;
      },
      90_000,
      1_000,
    );
    process.stdout.write(
      `kills: ${acknowledged.size} records acknowledged, ${anchored.length} anchored, ${broken} answers lost\n`,
    );
    expect(unexpected).toEqual([]);
    expect(anchored.toSorted()).toEqual([...acknowledged.keys()].toSorted());
    expect(new Set(anchored).size).toBe(anchored.length);
    expect(acknowledged.size).toBeGreaterThan(60);
    expect([...acknowledged.values()].every((times) => times === 1)).toBe(true);
  });

  it('everything that the ledger logged of accesses was alerted, exactly once; nothing was refused or lost', async () => {
    const {leaves} = await ward.owner.log.accessLog();
    const accesses = leaves.flatMap(({event, txId}) => (event.case === 'access' ? [toHex(txId)] : []));
    expect(accesses.length).toBeGreaterThan(3);
    expect(await timesAlerted(ward.owner, accesses)).toEqual(accesses.map(() => 1));
    const all = await alertSubjects(ward.owner);
    expect(new Set(all).size).toBe(all.length);
    expect(await alertSubjects(ward.owner, 'RECORD_REFUSED')).toEqual([]);
  });

  /** Record ids of the patient's whole record log, proven under one header and rebuilt to its root. */
  async function recordLog(): Promise<string[]> {
    const patient = fromHex(ward.owner.keys.patient);
    const leaves: Uint8Array[] = [];
    for (;;) {
      const {answer} = await ward.office.ledger.proofs(ward.owner.keys.signing, {
        keys: [{kind: STATE_KIND.recordLog, parts: [patient]}],
        logs: [{kind: STATE_KIND.recordLog, patient, from: BigInt(leaves.length), limit: PAGE}],
      });
      const head = answer.state(STATE_KIND.recordLog, [patient]);
      if (head === undefined) return [];
      leaves.push(...(answer.logs.find(({patient: whose}) => equalBytes(whose, patient))?.leaves ?? []));
      const {size, root} = decodeCanonical(LogHeadSchema, head);
      if (BigInt(leaves.length) < size) continue;
      const verdict = verifyRecordLog({head: {size, root}, leaves});
      if (!verdict.ok) throw new Error(`the record log does not verify: ${verdict.fault}`);
      return verdict.leaves.map(({entry}) => {
        if (entry?.entry.case !== 'record') throw new Error('a leaf that is no record');
        return toHex(recordId(entry.entry.value));
      });
    }
  }
});
