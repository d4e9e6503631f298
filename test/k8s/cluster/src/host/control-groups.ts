import {access, readdir, readFile, rmdir} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const MOUNT = '/sys/fs/cgroup';
/** Where kubelet puts pods, and where it tries whether it may. */
const NAME = 'kubepods';

/** Kubelet's control groups, of version 2 and of each hierarchy of version 1. */
export async function kubernetesGroups(): Promise<string[]> {
  const hierarchies = await readdir(MOUNT, {withFileTypes: true}).catch(() => []);
  const candidates = [
    join(MOUNT, NAME),
    ...hierarchies.filter((entry) => entry.isDirectory()).map(({name}) => join(MOUNT, name, NAME)),
  ];
  const there = await Promise.all(
    candidates.map((group) =>
      access(group).then(
        () => true,
        () => false,
      ),
    ),
  );
  return candidates.filter((_, index) => there[index]);
}

async function below(group: string): Promise<string[]> {
  const children = (await readdir(group, {withFileTypes: true}).catch(() => [])).filter((entry) => entry.isDirectory());
  // Children first, because a group with children cannot be removed.
  return [...(await Promise.all(children.map(({name}) => below(join(group, name))))).flat(), group];
}

/** Kills every process of every pod and removes the groups. */
export async function endPods(): Promise<void> {
  const groups = (await Promise.all((await kubernetesGroups()).map(below))).flat();
  for (let attempt = 0; attempt < 40; attempt++) {
    let living = 0;
    for (const group of groups) {
      const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const pid of text.split('\n').filter((line) => line !== '')) {
        living++;
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          /* It ended by itself in between. */
        }
      }
    }
    if (living === 0) break;
    await sleep(50);
  }
  for (const group of groups) await rmdir(group).catch(() => undefined);
}
