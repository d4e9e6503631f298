import {mkdtemp, readFile, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {spawn} from 'node:child_process';
import {REPOSITORY} from '#cluster/config.js';
import type {Bench} from '../bench.js';
import {NotSo} from '../report.js';
import {shellBlocks} from './shell-blocks.js';
import type {ShellBlock} from './shell-blocks.js';

/** Blocks of a document of this repository. @throws Error when the document has none */
export async function blocksOf(document: string): Promise<ShellBlock[]> {
  const blocks = shellBlocks(await readFile(join(REPOSITORY, document), 'utf8'));
  if (blocks.length === 0) throw new Error(`${document} has no commands`);
  return blocks;
}

/**
 * Somebody who types what stands in the documents, as the cluster's administrator, in what looks like the clone: what
 * is written there is written elsewhere.
 */
export class Reader {
  private constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly report: Bench['report'],
  ) {}

  static async atWork({cluster, helm, report}: Bench): Promise<Reader> {
    const folder = await mkdtemp(join(tmpdir(), 'vv-reader-'));
    for (const name of await readdir(REPOSITORY)) await symlink(join(REPOSITORY, name), join(folder, name));
    const path = [dirname(helm.program), cluster.engines.kubernetes, process.env.PATH].join(':');
    return new Reader(folder, {...cluster.kubectl.env, PATH: path, CONTAINERD_ADDRESS: cluster.containerd}, report);
  }

  async leave(): Promise<void> {
    await rm(this.folder, {recursive: true, force: true});
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8');
  }

  /**
   * Types blocks one after the other into one shell, which ends at the first fault. @param variables what the reader
   * has set before
   */
  async types(
    document: string,
    blocks: readonly ShellBlock[],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    for (const {line, heading, notRun} of blocks)
      if (notRun !== undefined) this.report.say(`${document}:${line}`, `not run (${heading}): ${notRun}`);
    const run = blocks.filter(({notRun}) => notRun === undefined);
    const script = run.map(({line, commands}) => `printf '\\n%s\\n' '@@ ${document}:${line}'\n${commands}\n`).join('');
    const code = await this.shell(script, variables);
    this.report.hold(
      `${document}: ${run.length === 1 ? 'a block does' : `${run.length} blocks do`} what it says`,
      run.length > 0 && code === 0,
      `exit code ${code} at the block named last`,
    );
  }

  private shell(script: string, variables: Readonly<Record<string, string>>): Promise<number> {
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['--norc', '--noprofile', '-euo', 'pipefail', '-c', script], {
        cwd: this.folder,
        env: {...this.env, ...variables},
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      child.on('error', (error) => {
        reject(new NotSo(error.message));
      });
      child.on('close', (code) => {
        resolve(code ?? 128);
      });
    });
  }
}
