import {runProcess} from '@vitalvault/testkit';
import {globSync} from 'node:fs';
import {join} from 'node:path';

const INSTALLED = 'usr/lib/*/faketime/libfaketimeMT.so.1';

/**
 * libfaketime, which gives a process another time: the one that is installed, or Debian's package, unpacked and not
 * installed.
 * @param into a folder for it
 * @throws Error saying what to install
 */
export async function faketimeLibrary(into: string): Promise<string> {
  const [installed] = globSync(`/${INSTALLED}`);
  if (installed !== undefined) return installed;
  const run = (command: string, args: string[]) => runProcess({command, args, cwd: into}).catch(() => undefined);
  await run('apt-get', ['download', '--quiet', 'libfaketime']);
  for (const name of globSync('*.deb', {cwd: into})) await run('dpkg-deb', ['--extract', name, into]);
  const [unpacked] = globSync(INSTALLED, {cwd: into});
  if (unpacked === undefined) throw new Error('no libfaketime: install the package of that name (Debian, Ubuntu)');
  return join(into, unpacked);
}

/** The variables with which a program believes it is so many seconds later; its timers go on as they are. */
export const faketime = (library: string, seconds: number): Record<string, string> => ({
  LD_PRELOAD: library,
  FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  NO_FAKE_STAT: '1',
});
