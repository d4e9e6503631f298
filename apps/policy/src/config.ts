import {commonConfig, loadConfig, setting} from '@vitalvault/nest-service/process';
import {z} from 'zod';

const schema = z.strictObject({
  ...commonConfig,
  releaseKeyFile: setting.file.describe('File of the X25519 release key (alg 16), mode 0600. Never logged, never stored.'),
  policyKeyFile: setting.file.describe('File of the service\'s own signing key (role policy), mode 0600.'),
  notifyGrpc: setting.hostPort.describe('gRPC address of notify, host:port.'),
});

export type PolicyConfig = z.infer<typeof schema>;

/** @throws ConfigError with every fault at once */
export const readConfig = (env: Readonly<Record<string, string | undefined>> = process.env): PolicyConfig => loadConfig(schema, env);

/** Database alone, for migrations. */
export const readDatabaseUrl = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  z.url().parse(env['VITALVAULT_DATABASE_URL'], {error: () => 'VITALVAULT_DATABASE_URL: missing or no URL'});
