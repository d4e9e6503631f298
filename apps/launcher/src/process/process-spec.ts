/** Everything needed to start one process, to know that it is ready. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Names of processes that must be ready before this one is started. */
  after: string[];
  ports: number[];
  /** Another user to run as (PostgreSQL refuses root). */
  runAs?: {uid: number; gid: number} | undefined;
  readySeconds: number;
  /** Writes configuration; only called while the process does not run. */
  prepare(): Promise<void>;
  /** One probe; a rejection counts as "not yet". */
  ready(): Promise<boolean>;
  /** What must happen once it is ready, before others may use it. */
  settle?(): Promise<void>;
}

export const DEFAULTS = {after: [] as string[], readySeconds: 120} as const;
