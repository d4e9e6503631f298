import {commonConfig, setting} from '@vitalvault/process';
import {z} from 'zod';

/** Settings of policy; see docs/config/policy.md. */
export const policyConfig = z.strictObject({
  ...commonConfig,
  releaseKeyFile: setting.list.describe(
    'Files of the X25519 release keys (alg 16), mode 0600, comma-separated: all that the genesis names for this ' +
      'organisation, also those that ended. Never logged, never stored.',
  ),
  policyKeyFile: setting.file.describe("File of the service's own signing key (role policy), mode 0600."),
  notifyGrpc: setting.hostPort.describe('gRPC address of notify, host:port.'),
});

export type PolicyConfig = z.infer<typeof policyConfig>;

/** The environment of this process; nothing else in policy reads it. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
