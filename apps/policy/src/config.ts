import {commonConfig, setting} from '@vitalvault/process';
import {z} from 'zod';

/** Settings of policy; see docs/config/policy.md. */
export const policyConfig = z.strictObject({
  ...commonConfig,
  releaseKeyFile: setting.file.describe(
    'File of the X25519 release key (alg 16), mode 0600. Never logged, never stored.',
  ),
  policyKeyFile: setting.file.describe("File of the service's own signing key (role policy), mode 0600."),
  notifyGrpc: setting.hostPort.describe('gRPC address of notify, host:port.'),
});

export type PolicyConfig = z.infer<typeof policyConfig>;

/** The environment of this process; nothing else in policy reads it. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
