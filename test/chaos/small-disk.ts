import {execFileSync} from 'node:child_process';
import {closeSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync} from 'node:fs';
import {join} from 'node:path';

/** Room that is left when it is put there, so that its owner starts. */
const ROOM_MIB = 64;
const PIECE = Buffer.alloc(64 * 1024, 1);

/** A folder of a process that rests, on a disk of its own that can be full: a tmpfs. Needs the right to mount. */
export class SmallDisk {
  private constructor(
    private readonly folder: string,
    private readonly onDisk: string,
  ) {}

  static under(named: string): SmallDisk {
    const folder = realpathSync(named);
    const disk = new SmallDisk(folder, `${folder}.on-disk`);
    const mib = Number(execFileSync('du', ['-sm', folder], {encoding: 'utf8'}).split('\t')[0]) + ROOM_MIB;
    const {uid, gid, mode} = statSync(folder);
    renameSync(folder, disk.onDisk);
    mkdirSync(folder);
    const how = `size=${mib}m,uid=${uid},gid=${gid},mode=${(mode & 0o777).toString(8)}`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', how, 'vv-chaos', folder]);
    execFileSync('cp', ['-a', `${disk.onDisk}/.`, folder]);
    return disk;
  }

  /** To the last byte. */
  fill(): void {
    const file = openSync(this.#ballast, 'w');
    try {
      for (let bytes = PIECE; bytes.length > 0;) {
        try {
          writeSync(file, bytes);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          // Smaller pieces fit for a while yet.
          bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
        }
      }
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast, {force: true});
  }

  /** What it has by now lies where it lay before. Its owner rests. */
  giveBack(): void {
    this.makeRoom();
    rmSync(this.onDisk, {recursive: true});
    execFileSync('cp', ['-a', this.folder, this.onDisk]);
    execFileSync('umount', [this.folder]);
    rmSync(this.folder, {recursive: true});
    renameSync(this.onDisk, this.folder);
  }

  get #ballast(): string {
    return join(this.folder, '.ballast');
  }
}

/** Whether this machine lets us. */
export function mayMount(): boolean {
  return process.getuid?.() === 0;
}
