import {spawn} from 'node:child_process';
import {rmSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import type {Chance} from '../chance.js';
import {SmallDisk} from '../small-disk.js';
import {ownData, victim} from '../stage.js';
import type {Stage, Victim} from '../stage.js';
import {done, hold} from './fault.js';
import type {Done} from './fault.js';

/** After which an engine that ends by a fault has ended. */
const STRACE_MS = 4_000;
/** In which what has come to rest goes on, with room again. */
const ROOM_AGAIN_MS = 3_000;

/** The disk says no when it is asked to make sure: who goes on after that has lost something, and may not know. */
export async function failingFsync(stage: Stage, chance: Chance): Promise<Done> {
  const hit = chance.of([victim('postgres'), victim('kafka'), chance.of(stage.validators)]);
  const attached = stage.pids(hit).flatMap((pid) => ['-p', String(pid)]);
  const calls = 'fsync,fdatasync,sync_file_range,msync';
  const strace = spawn('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${calls}:error=EIO`, ...attached], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => strace.once('close', resolve));
  await pause(STRACE_MS);
  strace.kill('SIGINT');
  await ended;
  // Whoever does not trust its disk any more has ended, or has to: what it holds in memory may never have been written.
  stage.kill(hit);
  await stage.start([hit]);
  return done([hit.name]);
}

/** Where an engine keeps what it has, below the system's data. */
function folderOf({name}: Victim): string[] {
  const [kind = '', number] = name.split('-');
  return number === undefined ? [kind, 'data'] : [kind, number];
}

/** The disk of one engine is full for a while; then a person makes room. */
export async function fullDisk(stage: Stage, chance: Chance): Promise<Done> {
  const hit = chance.of([victim('postgres'), victim('kafka'), chance.of(stage.validators), chance.of(stage.peers)]);
  await stage.engines.stop(hit.parts);
  const disk = SmallDisk.under(ownData(stage, ...folderOf(hit)));
  try {
    await stage.start([hit]);
    disk.fill();
    const kills = await hold(stage, chance, [4_000, 10_000]);
    disk.makeRoom();
    // Who has ended of it comes back; who has not goes on.
    await stage.start([hit]);
    await pause(ROOM_AGAIN_MS);
    return done([hit.name], kills);
  } finally {
    await stage.engines.stop(hit.parts);
    disk.giveBack();
    await stage.start([hit]);
  }
}

/** A peer comes back with nothing of what it kept; its replicas lie on the others. */
export async function lostVolume(stage: Stage, chance: Chance): Promise<Done> {
  const peer = chance.of(stage.peers);
  stage.kill(peer);
  await pause(500);
  rmSync(ownData(stage, 'ipfs', peer.name.slice('ipfs-'.length), 'kubo'), {recursive: true, force: true});
  await stage.start([peer]);
  return done([peer.name]);
}
