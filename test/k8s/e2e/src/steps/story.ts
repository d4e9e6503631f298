import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Step} from '../bench.js';
import {NAMESPACE, RELEASE} from '../bench.js';
import {tellUsage} from '../usage.js';
import {program} from '../program.js';

export const storyStep: Step = {
  name: 'story',
  title: 'The story of `make demo`, played from outside of the pods',
  async run(bench) {
    const {cluster, data, report} = bench;
    const {KUBECONFIG: kubeconfig = ''} = cluster.kubectl.env;
    const dir = join(data, 'story');
    const code = await report.timed('the story', () =>
      program(
        'test/story/dist/main.js',
        [
          '--site',
          'kubernetes',
          '--namespace',
          NAMESPACE,
          '--release',
          RELEASE,
          '--kubeconfig',
          kubeconfig,
          '--kubectl',
          join(cluster.engines.kubernetes, 'kubectl'),
          '--data',
          dir,
        ],
        cluster.kubectl.env,
      ),
    );
    const {
      ok,
      steps = [],
      latencies = {},
    } = JSON.parse(await readFile(join(dir, 'demo.json'), 'utf8').catch(() => '{}')) as {
      ok?: boolean;
      steps?: unknown[];
      latencies?: Record<string, {p50: number; p99: number}>;
    };
    for (const [name, {p50, p99}] of Object.entries(latencies)) report.measure(name, `p50 ${p50} ms, p99 ${p99} ms`);
    report.hold(
      `every sentence of its ${steps.length} steps held`,
      code === 0 && ok === true && steps.length === 12,
      `exit code ${code}`,
    );
    await tellUsage(bench, 'after the story');
  },
};
