import type {Cluster} from '#cluster/use/cluster.js';
import type {Step} from '../bench.js';
import {NAMESPACE} from '../bench.js';
import {Reader, blocksOf} from '../documents/reader.js';

const README = 'README.md';
/** What README.md says of its blocks for a cluster; `make test` runs the others. */
const HERE = 'make e2e-k8s';
const INSTALL = 'docs/operations/install.md';
/** What is typed while the release runs. */
const MEANWHILE = ['docs/operations/troubleshooting.md', 'deploy/helm/vitalvault/UPGRADING.md'];
/** What the documents call them. */
const THEIRS = 'vitalvault';
const KINDS = 'deployments,statefulsets,jobs,services,pods,secrets,configmaps,persistentvolumeclaims,networkpolicies';

export const documentsStep: Step = {
  name: 'documents',
  title: 'The commands of README.md and docs/operations, typed as they stand there',
  async run(bench) {
    const {cluster, report} = bench;
    // The release of the steps before makes room; who reads the documents begins with nothing.
    const begin = async (): Promise<void> => {
      for (const name of [NAMESPACE, THEIRS])
        await cluster.kubectl.run(['delete', 'namespace', name, '--ignore-not-found', '--timeout=180s']);
    };
    await begin();
    const reader = await Reader.atWork(bench);
    try {
      const front = (await blocksOf(README)).filter(({runBy}) => runBy === HERE);
      await report.timed('from the front page to a tested release', () => reader.types(README, front));
      await begin();
      const install = await blocksOf(INSTALL);
      const under = (...headings: string[]) => install.filter(({heading}) => headings.includes(heading));
      const [joining, end] = [under('Joining a consortium'), under('What stays')];
      const first = install.filter((block) => !joining.includes(block) && !end.includes(block));
      await report.timed('from an empty cluster to the first reading, and its story', () =>
        reader.types(INSTALL, first),
      );
      for (const document of MEANWHILE) await reader.types(document, await blocksOf(document));
      await reader.types(INSTALL, end);
      const left = await leftOf(cluster);
      report.hold('then nothing of the release is left', left === '', left);
    } finally {
      await reader.leave();
    }
  },
};

async function leftOf({kubectl}: Cluster): Promise<string> {
  const selected = (label: string): Promise<string> =>
    kubectl.run(['get', KINDS, '--namespace', THEIRS, '--selector', label, '--output', 'name']);
  return `${await selected('app.kubernetes.io/instance=vv')}${await selected('vitalvault.dev/release=vv')}`;
}
