import {access} from 'node:fs/promises';
import type {Layout} from './layout.js';
import {runningPid} from './process/process-record.js';
import {PROCESSES} from './programs/processes.js';
import {tell} from './progress.js';
import {openCluster} from './use/cluster.js';

/** Whether a whole cluster runs in this folder. */
export async function isUp(layout: Layout): Promise<boolean> {
  const described = await access(layout.description).then(
    () => true,
    () => false,
  );
  const pids = await Promise.all(PROCESSES.map((name) => runningPid(layout, name)));
  return described && pids.every((pid) => pid !== undefined);
}

export async function tellHowToUse(layout: Layout): Promise<void> {
  const {engines, kubeconfig, dns} = await openCluster(layout.root);
  tell(
    `\nTo use it:\n    export KUBECONFIG=${kubeconfig} PATH=${engines.kubernetes}:$PATH\n    kubectl get pods -A\nServices are reachable from this machine by their ClusterIP; names are told by ${dns}. Logs: ${layout.log('*')}`,
  );
}

/** Prints each process, and the node and its pods if the cluster is up. @returns whether it is */
export async function status(layout: Layout): Promise<boolean> {
  for (const name of PROCESSES) {
    const pid = await runningPid(layout, name);
    tell(`${name.padEnd(24)} ${pid === undefined ? 'not running' : `process ${pid}`}`);
  }
  if (!(await isUp(layout))) return false;
  const {kubectl} = await openCluster(layout.root);
  tell(
    `\n${(await kubectl.run(['get', 'nodes', '-o', 'wide'])).trimEnd()}\n\n${(await kubectl.run(['get', 'pods', '-A', '-o', 'wide'])).trimEnd()}`,
  );
  await tellHowToUse(layout);
  return true;
}
