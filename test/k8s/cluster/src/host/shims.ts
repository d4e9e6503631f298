import {readdir, readFile} from 'node:fs/promises';
import type {Layout} from '../layout.js';

/** Kills the shims of our containerd (known by its socket in their arguments): they outlive it. */
export async function killShims(layout: Layout): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (args[0]?.includes('containerd-shim') !== true || !args.includes(layout.containerd)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      /* It ended by itself in between. */
    }
  }
}
