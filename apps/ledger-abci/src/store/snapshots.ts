import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {CommittedState} from './committed-state.js';
import type {FileCalls} from './durable-file.js';
import {heightOfSnapshot, snapshotName} from './snapshot.js';
import type {Snapshot} from './snapshot-tip.js';
import {writeSnapshot} from './write-snapshot.js';
import type {WrittenSnapshot} from './write-snapshot.js';

/** Kept: the newest, and the one before in case it is damaged. */
const KEPT = 2;

/** How a snapshot came out. One that could not be written costs a longer start, no more: the next one comes. */
export type SnapshotOutcome = {readonly height: bigint} & (WrittenSnapshot | {readonly error: unknown});

export interface SnapshotOptions {
  readonly dir: string;
  readonly calls: FileCalls;
  readonly report: (outcome: SnapshotOutcome) => void;
}

/** Writes snapshots of a living state, one at a time, and deletes the old ones. */
export class Snapshots {
  private writing: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: SnapshotOptions) {}

  /** Begins to write the state as it is now; while one is being written nothing is begun. */
  begin(snapshot: Snapshot, state: CommittedState): void {
    if (this.writing !== undefined || this.stopped) return;
    const {height} = snapshot.tip;
    this.writing = this.write(snapshot, state)
      .catch((error: unknown) => {
        this.options.report({height, error});
      })
      .finally(() => {
        state.thaw();
        this.writing = undefined;
      });
  }

  /** Resolves when none is being written. */
  async idle(): Promise<void> {
    await this.writing;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.writing;
  }

  private async write(snapshot: Snapshot, state: CommittedState): Promise<void> {
    const {dir, calls, report} = this.options;
    const name = snapshotName(snapshot.tip.height);
    // Left behind by one that failed.
    if (readdirSync(dir).includes(`${name}.tmp`)) calls.remove(join(dir, `${name}.tmp`));
    const written = await writeSnapshot({dir, calls, isStopped: () => this.stopped}, snapshot, state.freeze());
    if (written === undefined) return;
    this.deleteOld();
    report({height: snapshot.tip.height, ...written});
  }

  private deleteOld(): void {
    const {dir, calls} = this.options;
    const heights = readdirSync(dir)
      .map(heightOfSnapshot)
      .filter((height) => height !== undefined)
      .sort((a, b) => b - a);
    for (const height of heights.slice(KEPT)) calls.remove(join(dir, snapshotName(BigInt(height))));
  }
}
