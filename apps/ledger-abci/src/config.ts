import {commonConfig, processConfig} from '@vitalvault/process';
import {z} from 'zod';

const {otlpUrl} = commonConfig;

/** Settings of ledger-abci; see docs/config/ledger-abci.md. */
export const ledgerConfig = z.strictObject({
  socket: z.string().min(1).describe('Unix socket that CometBFT connects to (proxy_app = unix://…).'),
  stateDir: z.string().min(1).describe("Directory of the ledger's state; one process at a time."),
  otlpUrl: otlpUrl.optional().describe('OpenTelemetry Collector, OTLP over HTTP: http://host:port. Absent: no spans.'),
  ...processConfig,
  diskWarnBytes: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_073_741_824)
    .describe(
      'A disk of the state that has less free space, in bytes, is told as degraded; CometBFT is on the same one.',
    ),
  snapshotBlocks: z.coerce.number().int().min(1).default(10_000).describe('Blocks between two snapshots of the state.'),
});

export type LedgerConfig = z.infer<typeof ledgerConfig>;

/** The environment of this process; read nowhere else. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
