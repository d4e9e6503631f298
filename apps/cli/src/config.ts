import {join} from 'node:path';

/** What `vv` takes from its environment; the only place that reads it. */
export interface Environment {
  /** Passphrase of the key file; a file or the prompt is better on a shared machine. */
  passphrase: string | undefined;
  /** Where a running system keeps its files. */
  dataDir: string;
  /** Colours and bars that move: only on a terminal, never with NO_COLOR. */
  colour: boolean;
  interactive: boolean;
  columns: number;
}

export function environment(): Environment {
  const env = process.env;
  const interactive = process.stdout.isTTY;
  return {
    passphrase: env['VV_PASSPHRASE'],
    // Empty as `make` passes it on when nobody said where.
    dataDir: env['DATA'] === undefined || env['DATA'] === '' ? join(process.cwd(), 'var') : env['DATA'],
    colour: interactive && (env['NO_COLOR'] ?? '') === '',
    interactive,
    columns: interactive ? Math.min(process.stdout.columns, 120) : 100,
  };
}

/** Settings of a process of ours in whose container this runs. */
export const settingsHere = (): Readonly<Record<string, string | undefined>> => process.env;
