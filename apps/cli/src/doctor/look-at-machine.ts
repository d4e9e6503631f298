import {X509Certificate} from 'node:crypto';
import {readFile, stat, statfs} from 'node:fs/promises';
import {certificateFinding} from './look-at-connections.js';
import {broken, degraded, looked, ok} from './finding.js';
import type {Finding} from './finding.js';

const MIB = 1_048_576;
const LOW_BYTES = 2_048 * MIB;
const FULL_BYTES = 256 * MIB;
/** So far the services take a clock for right. */
const CLOCK_MS = 10_000;

/** How much room the file system of a folder has. */
export function lookAtSpace(part: string, folder: string): Promise<readonly Finding[]> {
  return looked(part, `Is ${folder} there, and may you read it?`, async () => {
    const {bavail, bsize, blocks} = await statfs(folder);
    return [spaceFinding(part, {free: bavail * bsize, size: blocks * bsize})];
  });
}

/** @param bytes of a file system */
export function spaceFinding(part: string, {free, size}: {free: number; size: number}): Finding {
  const what = `${String(Math.floor(free / MIB))} MiB free of ${String(Math.floor(size / MIB))}`;
  const enlarge = 'Make room, or enlarge the volume (UPGRADING.md): what is full stops.';
  if (free < Math.min(FULL_BYTES, size / 20)) return broken(part, what, enlarge);
  return free < Math.min(LOW_BYTES, size / 5) ? degraded(part, what, enlarge) : ok(part, what);
}

/** Whether this machine's clock is that of others. @param theirs Unix milliseconds that somebody else told just now */
export function clockFinding(part: string, theirs: number, nowMs: number): Finding {
  const apart = nowMs - theirs;
  if (Math.abs(apart) <= CLOCK_MS) return ok('clock', `that of ${part} is the same`);
  const what = `this one is ${String(Math.round(Math.abs(apart) / 1_000))} s ${apart > 0 ? 'ahead of' : 'behind'} that of ${part}`;
  return degraded('clock', what, 'Set the one that is wrong (NTP): requests are refused whose time looks old.');
}

/** Whether a file with a key is there, for its owner alone. Nothing of its content is read. */
export function lookAtKeyFile(part: string, file: string): Promise<readonly Finding[]> {
  return looked(part, `Restore ${file} from your backup: no other key can take its place.`, async () => {
    const found = await stat(file);
    if (!found.isFile() || found.size === 0)
      return [broken(part, `${file} is empty or no file`, 'Restore it from your backup.')];
    return othersMay(found)
      ? [broken(part, `others may read ${file}`, `chmod 600 ${file}; who read it has the key.`)]
      : [ok(part, `${file} is there, for its owner alone`)];
  });
}

/** How long the certificates in a file of authorities still count. */
export function lookAtAuthorities(part: string, file: string, nowMs: number): Promise<readonly Finding[]> {
  return looked(part, `Give ${file} the certificate of the authority, as PEM.`, async () => {
    const blocks = (await readFile(file, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    if (blocks === null) return [broken(part, `${file} holds no certificate`, 'Give it one, as PEM.')];
    return blocks.map((pem) => certificateFinding(part, new X509Certificate(pem).validTo, nowMs));
  });
}

// A Secret of Kubernetes is root's file, which the group of the pod may read: no other user can own it.
function othersMay({mode, uid}: {mode: number; uid: number}): boolean {
  const group = mode & 0o070;
  return (mode & 0o007) !== 0 || (group !== 0 && (group !== 0o040 || uid === process.getuid?.()));
}
