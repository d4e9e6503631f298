import {join} from 'node:path';
import {inheritedEnvironment, REPOSITORY} from '../config.js';
import {databaseUrl, serviceEnvironment} from '../configuration/service-environment.js';
import {runTool} from '../engines/run-tool.js';
import {IPFS_PEERS} from '../plan/ports.js';
import {exists} from '../process/files.js';
import {answers} from '../process/probe.js';
import {DEFAULTS} from '../process/process-spec.js';
import type {ServiceName} from '../plan/names.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

/** A NestJS service of organisation 0: its SQL migrations are applied, then it serves. */
export function serviceSpec(context: SystemContext, name: ServiceName): ProcessSpec {
  const {layout, ports, settings, identities} = context;
  const dist = join(REPOSITORY, 'apps', name, 'dist');
  const organisation = identities.organisations[0]?.id ?? '';
  const env = {
    ...inheritedEnvironment(),
    NODE_ENV: 'production',
    ...serviceEnvironment(name, {layout, ports, settings, organisation}),
  };
  const listening = ports[name];
  return {
    ...DEFAULTS,
    name,
    command: process.execPath,
    args: ['--max-old-space-size=256', '--max-semi-space-size=8', join(dist, 'main.js')],
    env,
    cwd: REPOSITORY,
    after: needs(name, settings.validators),
    ports: Object.values(listening),
    readySeconds: 150,
    prepare: async () => {
      const migrate = join(dist, 'migrate.js');
      if (!(await exists(migrate))) return;
      await runTool(`migrating the database of ${name}`, {
        command: process.execPath,
        args: [migrate],
        cwd: REPOSITORY,
        env: {...env, VITALVAULT_DATABASE_URL: databaseUrl(ports.postgres, `vv_${name}`)},
      });
    },
    ready: () => answers(`http://127.0.0.1:${String(listening.management)}/readyz`),
  };
}

function needs(name: ServiceName, validators: number): string[] {
  const each = (n: number, prefix: string) => Array.from({length: n}, (_, i) => `${prefix}-${String(i)}`);
  const common = ['otel', 'kafka', 'postgres', ...each(validators, 'comet')];
  return name === 'storage' ? [...common, ...each(IPFS_PEERS, 'kubo'), ...each(IPFS_PEERS, 'cluster')] : common;
}
