import {rm, rmdir} from 'node:fs/promises';
import {readBefore} from './host/before.js';
import {removeBridge} from './host/bridge.js';
import {endPods} from './host/control-groups.js';
import {unmountAll} from './host/mounts.js';
import {cleanPacketFilter} from './host/packet-filter.js';
import {restore} from './host/restore.js';
import {killShims} from './host/shims.js';
import type {Layout} from './layout.js';
import {stopProcess} from './process/stop-process.js';
import {PROCESSES} from './programs/processes.js';
import {progress} from './progress.js';

/**
 * Undoes everything that `up` does but the Debian packages and the builds. @returns false when there was nothing to
 * undo
 */
export async function down(layout: Layout): Promise<boolean> {
  const before = await readBefore(layout);
  if (before === undefined) return false;
  // Kubelet first, so that nothing is started anew; containerd last, and then what has outlived it.
  await stopProcess(layout, 'kubelet');
  await Promise.all(PROCESSES.filter((name) => name !== 'containerd').map((name) => stopProcess(layout, name)));
  await killShims(layout);
  await endPods();
  await stopProcess(layout, 'containerd');
  await killShims(layout);
  await endPods();
  progress('processes and pods ended');
  await unmountAll(layout);
  await removeBridge();
  await cleanPacketFilter(before.tables);
  await restore(layout, before);
  progress('mounts, network interfaces, packet filter and kernel settings as before');
  for (const folder of ['pki', 'kubeconfig', 'log', 'run', 'config', 'data'])
    await rm(`${layout.root}/${folder}`, {recursive: true, force: true});
  await rm(layout.description, {force: true});
  // Last, because whatever ends this command before leaves the next one able to go on.
  await rm(layout.before, {force: true});
  await rmdir(layout.root).catch(() => undefined);
  return true;
}
