import {outcomeOf, run} from '../run.js';
import type {Outcome} from '../run.js';
import type {BuildRequest, ContainerTool, RunRequest} from './container-tool.js';
import {flags} from './flags.js';

const PULL_TIMEOUT_MS = 120_000;

/**
 * docker and podman, whose commands are the same but for the time stamps: docker takes SOURCE_DATE_EPOCH, podman an
 * option.
 */
export class Docker implements ContainerTool {
  constructor(readonly name: 'docker' | 'podman') {}

  async build({reference, containerfile, context, args, labels, created}: BuildRequest): Promise<void> {
    const epoch = String(created.getTime() / 1_000);
    const own =
      this.name === 'podman'
        ? ['--timestamp', epoch, '--identity-label=false', '--format', 'oci', '--pull=never']
        : ['--build-arg', `SOURCE_DATE_EPOCH=${epoch}`];
    await run(this.name, [
      'build',
      '--no-cache',
      ...own,
      ...flags('--build-arg', args),
      ...flags('--label', labels),
      '-f',
      containerfile,
      '-t',
      reference,
      context,
    ]);
  }

  async digestOf(reference: string): Promise<string | undefined> {
    const {code, stdout} = await outcomeOf(this.name, ['image', 'inspect', '--format', '{{.Id}}', reference]);
    return code === 0 ? withAlgorithm(stdout.trim()) : undefined;
  }

  async pull(reference: string): Promise<boolean> {
    return (await outcomeOf(this.name, ['pull', '-q', reference], {stopAfterMs: PULL_TIMEOUT_MS})).code === 0;
  }

  async save(reference: string, archive: string): Promise<string> {
    await run(this.name, [
      'save',
      ...(this.name === 'podman' ? ['--format', 'oci-archive'] : []),
      '-o',
      archive,
      reference,
    ]);
    const index = JSON.parse(await run('tar', ['-xOf', archive, 'index.json'])) as {manifests: {digest: string}[]};
    return index.manifests[0]?.digest ?? '';
  }

  async runIn(image: string, {user, command, env}: RunRequest): Promise<Outcome> {
    const [program = '', ...args] = command;
    const reference = image.endsWith('.tar') ? loadedName(await run(this.name, ['load', '-q', '-i', image])) : image;
    return outcomeOf(this.name, [
      'run',
      '--rm',
      '--init=false',
      '--read-only',
      '--tmpfs',
      '/tmp',
      '--user',
      user,
      ...flags('--env', env ?? {}),
      '--entrypoint',
      program,
      reference,
      ...args,
    ]);
  }
}

const withAlgorithm = (id: string): string => (id.startsWith('sha256:') ? id : `sha256:${id}`);

/** "Loaded image: name:tag" */
const loadedName = (output: string): string =>
  output
    .trim()
    .split('\n')
    .pop()
    ?.replace(/^Loaded image(\(s\))?: /, '') ?? '';
