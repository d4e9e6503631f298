import {z} from 'zod';

const PREFIX = 'VITALVAULT_';

/** Settings of ledger-abci; see docs/config/ledger-abci.md. */
export const ledgerConfig = z.strictObject({
  socket: z.string().min(1).describe('Unix socket that CometBFT connects to (proxy_app = unix://…).'),
  stateDir: z.string().min(1).describe("Directory of the ledger's state; one process at a time."),
  otlpUrl: z.url().optional().describe('OpenTelemetry Collector, OTLP over HTTP: http://host:port. Absent: no spans.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('Lowest level that is logged.'),
  snapshotBlocks: z.coerce.number().int().min(1).default(10_000).describe('Blocks between two snapshots of the state.'),
  healthHost: z.string().min(1).default('127.0.0.1').describe('Address on which health is told over HTTP.'),
  healthPort: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Port of /livez, /startz and /readyz. Absent: health is not told.'),
});

export type LedgerConfig = z.infer<typeof ledgerConfig>;

/** Settings that cannot be used; the message names every fault, by variable and never by value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the settings. Pure. @throws ConfigError with all faults at once. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): LedgerConfig {
  const names = Object.keys(ledgerConfig.shape);
  const values = Object.fromEntries<string | undefined>(
    names.map((name) => [name, env[variableOf(name)]] as const).filter(([, value]) => value !== undefined),
  );
  const result = ledgerConfig.safeParse(values);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${variableOf(String(issue.path[0]))}: ${issue.message}`);
  throw new ConfigError(`the settings cannot be used: ${faults.join('; ')}`);
}

function variableOf(name: string): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The environment of this process; read nowhere else. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
