import {runProgram} from '@vitalvault/process';
import type {Service, ServiceSettings} from './service.js';
import {startService} from './start-service.js';

/** The whole of a service's `main.ts`: runs it in this process until a signal comes. @param env its settings */
export const serve = <Config extends ServiceSettings>(
  service: Service<Config>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> =>
  runProgram({name: service.name, settings: service.config, env}, (host) => startService(service, host));
