import {readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {RunningProcess, eventually, freePort} from '@vitalvault/testkit';
import type {Platform} from './platform.js';

/** Replicas of ingest: the one that the launcher started, and others beside it, as it started that one. */
export class IngestReplicas {
  private constructor(
    /** Where each of them takes records. */
    readonly urls: readonly string[],
    private readonly own: readonly RunningProcess[],
  ) {}

  /** @param change variables that the others have otherwise */
  static async start(
    platform: Pick<Platform, 'data' | 'endpoints'>,
    others: number,
    change: Readonly<Record<string, string>> = {},
  ): Promise<IngestReplicas> {
    const {pid} = JSON.parse(readFileSync(join(platform.data, 'run/ingest.json'), 'utf8')) as {pid: number};
    const listed = (file: string): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
    const [[command = '', ...args], cwd] = [listed('cmdline'), readlinkSync(`/proc/${pid}/cwd`)];
    const inherited = Object.fromEntries(
      listed('environ').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    const [urls, own] = [[platform.endpoints.services.ingest], [] as RunningProcess[]];
    for (let i = 0; i < others; i++) {
      const [http, management] = [await freePort(), await freePort()];
      const ports = {VITALVAULT_HTTP_PORT: String(http), VITALVAULT_MANAGEMENT_PORT: String(management)};
      own.push(new RunningProcess({command, args, cwd, env: {...inherited, ...ports, ...change}}));
      await eventually(async () => {
        const {status} = await fetch(`http://127.0.0.1:${management}/readyz`);
        if (status !== 200) throw new Error(`ingest is not ready: ${status}`);
      }, 60_000);
      urls.push(`http://127.0.0.1:${http}`);
    }
    return new IngestReplicas(urls, own);
  }

  async stop(): Promise<void> {
    await Promise.all(this.own.map((one) => one.end()));
  }
}
