import {setTimeout as sleep} from 'node:timers/promises';
import {HEART_RATE, heartRateReading, systemEnvironment} from '@vitalvault/sdk';
import type {PendingRecord} from '@vitalvault/sdk';
import {waitUntil} from '#cluster/wait-until.js';
import type {Wearer} from './wearer.js';
import {anchoredIds} from './record-log.js';

const PAUSE_MS = 200;
const SLOT_MS = 3_600_000;
const READINGS = 3;
const SETTLE_SECONDS = 120;

/**
 * A device of good faith: one small record after the other, each posted as the SDK does, and again with the same bytes
 * until it is acknowledged. What was acknowledged must be on the ledger in the end, exactly once.
 */
export class Load {
  /** Record id to the moment of its acknowledgement. */
  readonly acknowledged = new Map<string, number>();
  /** What the gateway refused for good: must stay empty. */
  readonly refused: string[] = [];
  /** Posts without an acknowledgement that were made again. */
  again = 0;
  private stopping = false;
  private readonly done: Promise<void>;

  constructor(readonly wearer: Wearer) {
    this.done = this.wear();
  }

  /** Longest time without an acknowledgement since a moment; milliseconds. */
  longestGap(since: number): number {
    const moments = [since, ...[...this.acknowledged.values()].filter((at) => at > since), performance.now()];
    return Math.max(...moments.slice(1).map((at, i) => at - (moments[i] ?? at)));
  }

  /** Waits until more are acknowledged. */
  async goesOn(more = 3, seconds = 120): Promise<void> {
    const before = this.acknowledged.size;
    await waitUntil({what: `${more} more acknowledgements`, seconds}, () =>
      Promise.resolve(this.acknowledged.size >= before + more || undefined),
    );
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.done;
  }

  /** What was acknowledged and is not exactly once on the ledger, after all had time to be anchored. */
  async lost(): Promise<{anchored: number; missing: string[]; doubled: number}> {
    const read = () => anchoredIds(this.wearer.context, this.wearer.ledger);
    const missingIn = (ids: readonly string[]) => [...this.acknowledged.keys()].filter((id) => !ids.includes(id));
    await waitUntil(
      {what: 'anchoring all that was acknowledged', seconds: SETTLE_SECONDS, everyMs: 1_000},
      async () => missingIn(await read()).length === 0 || undefined,
    ).catch(() => undefined);
    const ids = await read();
    return {anchored: ids.length, missing: missingIn(ids), doubled: ids.length - new Set(ids).size};
  }

  private async wear(): Promise<void> {
    const {device} = this.wearer;
    for (let n = 0; this.goingOn(); n++) {
      const [record] = await device.seal(HEART_RATE, this.readings(n)).catch(() => []);
      if (record !== undefined) while (!(await this.acknowledge(record)) && this.goingOn()) await sleep(PAUSE_MS);
      await sleep(PAUSE_MS);
    }
  }

  private goingOn(): boolean {
    return !this.stopping;
  }

  private async acknowledge(record: PendingRecord): Promise<boolean> {
    try {
      const [outcome] = await this.wearer.device.post([record]);
      if (outcome?.status === 'refused') this.refused.push(`${record.sequence}: ${outcome.error.code}`);
      else this.acknowledged.set(record.recordId, performance.now());
      return true;
    } catch {
      this.again += 1;
      return false;
    }
  }

  private readings(n: number) {
    const {random, now} = systemEnvironment();
    const from = (this.wearer.slot + 1) * SLOT_MS + n * READINGS * 1_000;
    return Array.from({length: READINGS}, (_, i) =>
      heartRateReading(
        {timeMs: from + i * 1_000, beatsPerMinute: 60 + ((n + i) % 40), source: 'test load, synthetic'},
        now(),
        random,
      ),
    );
  }
}
