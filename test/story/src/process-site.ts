import {spawn} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {REPOSITORY} from './config.js';
import {readEndpoints} from './endpoints.js';
import {flatfsFile} from './flatfs.js';
import {memoryMiB} from './memory.js';
import {StoryFailed} from './narrator.js';
import type {Site, SiteMemory, StoreName} from './site.js';
import {readySeconds} from './start-times.js';

const LAUNCHER = join(REPOSITORY, 'apps/launcher/dist/main.js');
const DIRECTORIES: Record<StoreName, string> = {
  kafka: 'kafka',
  postgres: 'postgres',
  ipfs: 'ipfs',
  chain: 'validator',
  logs: 'log',
  spans: 'otel',
};

/** The system as processes of this machine, started by the launcher in one data directory. */
export class ProcessSite implements Site {
  readonly lookNext = 'make status';
  readonly howItKills = 'with SIGKILL';

  constructor(private readonly data: string) {}

  kill(name: string): Promise<void> {
    return this.launcher('kill', name);
  }

  start(name: string): Promise<void> {
    return this.launcher('start', name);
  }

  running(): Promise<string[]> {
    const {processes} = this.endpoints();
    return Promise.resolve(
      Object.entries(processes)
        .filter(([, {pid}]) => existsSync(`/proc/${pid}`))
        .map(([name]) => name),
    );
  }

  contents(store: StoreName): Promise<string[]> {
    return Promise.resolve([join(this.data, DIRECTORIES[store])]);
  }

  readBlock(peer: number, cid: string): Promise<Buffer | undefined> {
    const file = this.blockFile(peer, cid);
    return Promise.resolve(existsSync(file) ? readFileSync(file) : undefined);
  }

  writeBlock(peer: number, cid: string, bytes: Buffer): Promise<void> {
    writeFileSync(this.blockFile(peer, cid), bytes);
    return Promise.resolve();
  }

  spansFile(): Promise<string> {
    return Promise.resolve(join(this.data, 'otel', 'traces.jsonl'));
  }

  memory(): Promise<SiteMemory> {
    return Promise.resolve({
      mebibytes: memoryMiB(Object.values(this.endpoints().processes).map(({pid}) => pid)),
      how: 'PSS of every process',
    });
  }

  startSeconds(): number | undefined {
    return readySeconds(this.data);
  }

  sponsorKey(): string {
    return join(this.data, 'org', '0', 'sponsor.key.json');
  }

  kafka(): ReturnType<Site['kafka']> {
    return {brokers: [this.endpoints().kafka]};
  }

  postgres(): string {
    return this.endpoints().postgres;
  }

  close(): void {
    // Nothing was laid out: the system's own files were used where they lie.
  }

  private blockFile(peer: number, cid: string): string {
    return flatfsFile(join(this.data, 'ipfs', String(peer), 'kubo'), cid);
  }

  private endpoints(): ReturnType<typeof readEndpoints> {
    return readEndpoints(this.data);
  }

  private launcher(verb: string, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--no-warnings', LAUNCHER, verb, name, '--data', this.data], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve();
        else reject(new StoryFailed(`the launcher could not ${verb} ${name}: ${said.join('').slice(-500)}`));
      });
    });
  }
}
