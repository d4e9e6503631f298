import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {sha256Of} from '@vitalvault/contracts';
import {ChangelogFiles} from './changelog-files.js';
import {CommittedState} from './committed-state.js';
import type {FileCalls} from './durable-file.js';
import {misfitOf} from './misfit.js';
import {replayTail} from './replay-tail.js';
import type {Tail} from './replay-tail.js';
import {Segment} from './segment.js';
import {heightOfSnapshot, readSnapshot, snapshotName} from './snapshot.js';
import type {Snapshot} from './snapshot-tip.js';
import {StoreError} from './store-error.js';

/** A snapshot that was passed over. */
export interface RefusedSnapshot {
  readonly file: string;
  readonly reason: string;
}

/** What a start found on disk, checked. */
export interface Recovered extends Tail {
  readonly state: CommittedState;
  readonly refusedSnapshots: readonly RefusedSnapshot[];
  /** 32 bytes that no other directory has: what the chain of its oldest changelog begins with. */
  readonly directoryBytes: Uint8Array | undefined;
}

/**
 * Reads the newest snapshot that can be read and the changelogs behind it; without one, the changelogs alone. The app
 * hash is recomputed from all values and must be the one that the last block recorded, and every log must give the root
 * in the state. A snapshot with which that does not come out is passed over like one that cannot be read, and deleted
 * when there is another way. What is returned is durable: CometBFT may be told of it.
 * @throws StoreError when it does not fit together.
 */
export function recover(dir: string, calls: FileCalls): Recovered {
  const names = readdirSync(dir);
  for (const name of names.filter((one) => one.endsWith('.vvs.tmp'))) calls.remove(join(dir, name));
  const firsts = ascending(names.map((name) => Segment.firstOf(name)));
  const refusedSnapshots: RefusedSnapshot[] = [];
  let cutBytes = 0;
  for (const height of [...ascending(names.map(heightOfSnapshot)).reverse(), undefined]) {
    if (height === undefined && firsts.length === 0 && refusedSnapshots.length > 0) break;
    const state = new CommittedState(sha256Of);
    const refuse = (reason: string): void => {
      refusedSnapshots.push({file: height === undefined ? 'changelogs' : snapshotName(BigInt(height)), reason});
    };
    let snapshot: Snapshot | undefined;
    try {
      snapshot = height === undefined ? undefined : readSnapshot(join(dir, snapshotName(BigInt(height))), state);
    } catch (error) {
      refuse(error instanceof Error ? error.message : 'cannot be read');
      continue;
    }
    checkLeaves(dir, state);
    const tail = replayTail({dir, firsts, calls}, state, snapshot);
    cutBytes += tail.cutBytes;
    const misfit = misfitOf(tail.tip, state);
    if (misfit === undefined) {
      // A start after this one must not begin with it: what comes now is written behind another.
      for (const {file} of refusedSnapshots) calls.remove(join(dir, file));
      calls.syncDirectory(dir);
      return {...tail, cutBytes, state, refusedSnapshots, directoryBytes: beginning(dir, calls)};
    }
    tail.newest?.close();
    refuse(misfit);
  }
  const reasons = refusedSnapshots.map(({file, reason}) => `${file}: ${reason}`).join('; ');
  throw StoreError.damaged(`what is in ${dir} is not what was committed (${reasons})`);
}

function beginning(dir: string, calls: FileCalls): Uint8Array | undefined {
  const [first] = ascending(readdirSync(dir).map((name) => Segment.firstOf(name)));
  if (first === undefined) return undefined;
  const {segment} = Segment.open(join(dir, Segment.nameOf(first)), calls);
  segment?.close();
  return segment?.header.before;
}

/** The leaves that a snapshot speaks of lie in the changelogs. @throws StoreError when one of these is not there */
function checkLeaves(dir: string, state: CommittedState): void {
  const ends = new Map<number, number>();
  for (const {places} of state.logs()) places.raise(ends);
  const files = new ChangelogFiles(dir);
  for (const [segment, end] of ends) files.check(segment, end);
}

function ascending(numbers: readonly (number | undefined)[]): number[] {
  return numbers.filter((one) => one !== undefined).sort((a, b) => a - b);
}
