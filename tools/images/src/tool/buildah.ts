import {readFile, rm} from 'node:fs/promises';
import {buildahEnvironment} from '../config.js';
import {outcomeOf, run} from '../run.js';
import type {Outcome} from '../run.js';
import type {BuildRequest, ContainerTool, RunRequest} from './container-tool.js';
import {flags} from './flags.js';

const PULL_TIMEOUT_MS = 120_000;

/** buildah: no daemon, and every time stamp can be set, so its images are the same bytes again. */
export class Buildah implements ContainerTool {
  readonly name = 'buildah';
  private readonly env = buildahEnvironment();

  async build({reference, containerfile, context, args, labels, created}: BuildRequest): Promise<void> {
    const before = await this.idOf(reference);
    await this.buildah(
      'bud',
      '--no-cache',
      '--pull=false',
      '--identity-label=false',
      '--timestamp',
      String(created.getTime() / 1_000),
      '--format',
      'oci',
      ...flags('--build-arg', args),
      ...flags('--label', labels),
      '-f',
      containerfile,
      '-t',
      reference,
      context,
    );
    // What lost its name is of no use to anybody; where a newer image stands on it, it stays.
    if (before !== undefined && before !== (await this.idOf(reference)))
      await outcomeOf('buildah', ['rmi', before], {env: this.env});
  }

  async digestOf(reference: string): Promise<string | undefined> {
    const {code, stdout} = await outcomeOf(
      'buildah',
      ['inspect', '--type', 'image', '--format', '{{.FromImageDigest}}', reference],
      {env: this.env},
    );
    return code === 0 ? stdout.trim() : undefined;
  }

  async pull(reference: string): Promise<boolean> {
    return (
      (await outcomeOf('buildah', ['pull', '-q', reference], {env: this.env, stopAfterMs: PULL_TIMEOUT_MS})).code === 0
    );
  }

  async save(reference: string, archive: string): Promise<string> {
    const digestFile = `${archive}.digest`;
    await rm(archive, {force: true});
    await this.buildah('push', '-q', '--digestfile', digestFile, reference, `oci-archive:${archive}:${reference}`);
    const digest = (await readFile(digestFile, 'utf8')).trim();
    await rm(digestFile);
    return digest;
  }

  async runIn(image: string, {user, command, env}: RunRequest): Promise<Outcome> {
    const container = (
      await this.buildah('from', '-q', '--pull=false', image.endsWith('.tar') ? `oci-archive:${image}` : image)
    ).trim();
    try {
      const args = ['run', '--user', user, ...flags('--env', env ?? {}), container, '--', ...command];
      return await outcomeOf('buildah', args, {env: this.env});
    } finally {
      await this.buildah('rm', container);
    }
  }

  private async idOf(reference: string): Promise<string | undefined> {
    const {code, stdout} = await outcomeOf('buildah', ['images', '-q', '--no-trunc', reference], {env: this.env});
    return code === 0 ? stdout.trim() : undefined;
  }

  private buildah(...args: string[]): Promise<string> {
    return run('buildah', args, {env: this.env});
  }
}
