import {createServer} from 'node:net';
import {ClusterError} from '../cluster-error.js';
import {NETWORK, PORTS} from '../network.js';
import {outcomeOf} from '../run.js';

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, NETWORK.node, () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}

/** @throws ClusterError that names every port that is taken and who has it. The bridge must be there. */
export async function refuseTakenPorts(): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(PORTS)) {
    if (await isFree(port)) continue;
    const {stdout} = await outcomeOf('ss', ['-Hltnp', `sport = :${port}`]);
    taken.push(
      `${port} (for ${name}) is taken by ${/users:\(\("([^"]+)",pid=(\d+)/.exec(stdout)?.slice(1, 3).join(', process ') ?? 'a process that cannot be seen'}`,
    );
  }
  if (taken.length > 0)
    throw new ClusterError(
      `Ports of the cluster are in use on every address of this machine:\n    ${taken.join('\n    ')}\nEnd those processes and try again.`,
    );
}
