import {resolve} from 'node:path';
import {argument, each, path, shaped, wrongArgument} from '@vitalvault/arguments';
import {Command, Option} from 'commander';
import {releaseFolder, requireLocalSystem} from './claim-folder.js';
import {openKubernetesSite} from './kubernetes/open-kubernetes-site.js';
import {playStory} from './play-story.js';
import {prepareStory} from './prepare-story.js';
import {ProcessSite} from './process-site.js';
import type {Site} from './site.js';
import {StoryError} from './story-error.js';

/** Name of an object of Kubernetes. */
const objectName = shaped(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'the name of an object of Kubernetes');

const serviceAtUrl = argument((text): [string, string] => {
  const [, name, url = ''] = /^(ingest|policy|storage|notify)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (name === undefined || !URL.canParse(url)) throw wrongArgument('Write policy=https://policy.example.');
  return [name, url];
});

interface StoryOptions {
  data?: string;
  site: 'processes' | 'kubernetes';
  namespace?: string;
  release?: string;
  kubeconfig?: string;
  kubectl?: string;
  url?: [string, string][];
  sponsorSecret?: string;
}

/** The one command of this program. */
export const storyProgram = new Command('story')
  .description(
    'Plays the story of a reading, from the wearable to the clinician, on a running system; every actor is a vv process of her own. Exit code 0 only if every sentence held.',
  )
  .addOption(
    new Option(
      '--data <dir>',
      'folder of the system (default: var; for a cluster: one of its own below var-kubernetes)',
    ).argParser(path),
  )
  .addOption(
    new Option('--site <kind>', 'what the system runs on').choices(['processes', 'kubernetes']).default('processes'),
  )
  .addOption(new Option('--namespace <name>', 'kubernetes: namespace of the release').argParser(objectName))
  .addOption(new Option('--release <name>', 'kubernetes: name of the release').argParser(objectName))
  .addOption(
    new Option('--kubeconfig <file>', "kubernetes: which cluster, as whom (default: kubectl's own)").argParser(path),
  )
  .addOption(new Option('--kubectl <file>', 'kubernetes: the program (default: in PATH)').argParser(path))
  .addOption(
    new Option(
      '--url <service=url...>',
      'kubernetes: reach a service through an Ingress or Gateway, for example ingest=https://ingest.example',
    ).argParser(each(serviceAtUrl)),
  )
  .addOption(
    new Option(
      '--sponsor-secret <name>',
      'kubernetes: Secret of the sponsor key (default: the one that the chart made)',
    ).argParser(objectName),
  )
  .addHelpText(
    'after',
    '\nExamples:\n  $ story --data var\n  $ story --site kubernetes --namespace vitalvault --release demo',
  )
  .showHelpAfterError('(see --help)')
  .action(async (options: StoryOptions) => {
    try {
      const {data, site} = await stageOf(options);
      // Keys must not stay behind, however the story ends.
      process.once('exit', () => {
        site.close();
      });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
      process.exitCode = (await playStory(prepareStory(data, site))) ? 0 : 1;
      site.close();
    } catch (error) {
      if (!(error instanceof StoryError)) throw error;
      process.stderr.write(`story: ${error.message}\n    ${error.remedy}\n`);
      process.exitCode = 1;
    }
  });

/** Where the story is played, and the folder of this machine that belongs to it. */
async function stageOf(options: StoryOptions): Promise<{data: string; site: Site}> {
  if (options.site === 'processes') {
    const data = resolve(options.data ?? 'var');
    requireLocalSystem(data);
    return {data, site: new ProcessSite(data)};
  }
  const {namespace, release} = options;
  if (namespace === undefined || release === undefined)
    throw new StoryError('Which release?', {remedy: 'Give --namespace and --release, as `helm list -A` shows them.'});
  const data = resolve(options.data ?? releaseFolder({namespace, release}));
  const urls = Object.fromEntries(options.url ?? []);
  return {data, site: await openKubernetesSite({...options, namespace, release, urls}, data)};
}
