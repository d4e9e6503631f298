import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {readEndpoints} from '../actor/endpoints.js';
import {flatfsFile} from './flatfs.js';
import {memoryMiB} from './memory.js';
import {StoryFailed} from './narrator.js';
import type {Site, StoreName} from './site.js';

const LAUNCHER = join(import.meta.dirname, '../../../launcher/dist/main.js');

/** The system as processes of this machine, started by the launcher in one data directory. */
export class ProcessSite implements Site {
  readonly spansFile: string;

  constructor(private readonly data: string) {
    this.spansFile = join(data, 'otel', 'traces.jsonl');
  }

  kill(name: string): Promise<void> {
    return this.launcher('kill', name);
  }

  start(name: string): Promise<void> {
    return this.launcher('start', name);
  }

  running(): Promise<string[]> {
    const {processes} = this.endpoints();
    return Promise.resolve(Object.entries(processes).filter(([, {pid}]) => existsSync(`/proc/${pid}`)).map(([name]) => name));
  }

  paths(store: StoreName): string[] {
    const below = (...names: string[]) => names.map((name) => join(this.data, name));
    const dirs: Record<StoreName, string[]> = {
      kafka: below('kafka'), postgres: below('postgres'), ipfs: below('ipfs'), chain: below('validator'), logs: below('log'), spans: below('otel'),
    };
    return dirs[store];
  }

  blockFile(peer: number, cid: string): string | undefined {
    const file = flatfsFile(join(this.data, 'ipfs', String(peer), 'kubo'), cid);
    return existsSync(file) ? file : undefined;
  }

  memoryMiB(): number {
    return memoryMiB(Object.values(this.endpoints().processes).map(({pid}) => pid));
  }

  private endpoints(): ReturnType<typeof readEndpoints> {
    return readEndpoints(join(this.data, 'endpoints.json'));
  }

  private launcher(verb: string, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--no-warnings', LAUNCHER, verb, name, '--data', this.data], {stdio: ['ignore', 'pipe', 'pipe']});
      const said: string[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve();
        else reject(new StoryFailed(`the launcher could not ${verb} ${name}: ${said.join('').slice(-500)}`));
      });
    });
  }
}
