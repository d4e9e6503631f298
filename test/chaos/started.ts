import {readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import type {Platform} from '../e2e/platform/platform.js';

/** A running process as its launcher started it. */
export interface Started {
  readonly pid: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @param name the launcher's for it */
export function startedAs(platform: Platform, name: string): Started {
  const {pid} = JSON.parse(readFileSync(join(platform.data, `run/${name}.json`), 'utf8')) as {pid: number};
  const listed = (file: string): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
  const env = listed('environ').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]);
  return {pid, command: listed('cmdline'), cwd: readlinkSync(`/proc/${pid}/cwd`), env: Object.fromEntries(env)};
}
