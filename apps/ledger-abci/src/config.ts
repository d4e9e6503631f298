import {commonConfig} from '@vitalvault/process';
import {z} from 'zod';

const {otlpUrl, logLevel} = commonConfig;

/** Settings of ledger-abci; see docs/config/ledger-abci.md. */
export const ledgerConfig = z.strictObject({
  socket: z.string().min(1).describe('Unix socket that CometBFT connects to (proxy_app = unix://…).'),
  stateDir: z.string().min(1).describe("Directory of the ledger's state; one process at a time."),
  otlpUrl: otlpUrl.optional().describe('OpenTelemetry Collector, OTLP over HTTP: http://host:port. Absent: no spans.'),
  logLevel,
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

/** The environment of this process; read nowhere else. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
