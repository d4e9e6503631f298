import {z} from 'zod';
import {
  addressConfig,
  commonConfig,
  databaseConfig,
  kafkaConfig,
  processConfig,
  setting,
  stopConfig,
} from '@vitalvault/process';

const {host, httpPort, grpcPort, organisation, otlpUrl} = commonConfig;
const count = z.coerce.number().int().min(1);

/** Settings of notify; see docs/config/notify.md. */
export const notifyConfig = z.strictObject({
  host,
  httpPort,
  grpcPort,
  organisation,
  otlpUrl,
  ...processConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...stopConfig,
  ...addressConfig,
  webhookAllowLoopback: setting.flag
    .prefault('false')
    .describe('Whether webhooks may go to this machine, over plain HTTP too: for development only.'),
  webhookTimeoutMs: setting.milliseconds
    .min(1)
    .default(5_000)
    .describe('Time for one delivery of a webhook, in milliseconds.'),
  eventStreams: count.default(1_000).describe('Event streams that may be open at once.'),
  eventStreamsOfPatient: count.default(8).describe('Event streams of one patient that may be open at once.'),
  keepAliveMs: setting.milliseconds
    .min(1)
    .default(15_000)
    .describe('A comment is sent on an event stream after so many milliseconds of silence.'),
});

export type NotifyConfig = z.infer<typeof notifyConfig>;

/** The environment of this process; nothing else in notify reads it. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
