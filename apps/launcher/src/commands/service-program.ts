import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {inheritedEnvironment, REPOSITORY} from '../config.js';
import {serviceEnvironment} from '../configuration/service-environment.js';
import {portLayout} from '../plan/ports.js';
import {existingSystem} from './launcher-options.js';
import type {DataOption} from './launcher-options.js';

/** Services that take topics. */
export const CONSUMERS = ['storage', 'notify'] as const;
export type Consumer = (typeof CONSUMERS)[number];

/** What a person runs beside a service, with its settings: how far it took its topics, and what it did not take. */
export type ServiceProgram = 'positions' | 'dead-letters';

/** Runs a program of a service's at this terminal; ends with its exit code. */
export async function serviceProgram(
  {service, program, args}: {service: Consumer; program: ServiceProgram; args: readonly string[]},
  options: DataOption,
): Promise<void> {
  const {layout, settings} = await existingSystem(options);
  const ports = portLayout(settings.portBase);
  const env = {...inheritedEnvironment(), ...serviceEnvironment(service, {layout, ports, settings, organisation: ''})};
  const file = join(REPOSITORY, 'apps', service, 'dist', `${program}.js`);
  await new Promise<void>((resolve) => {
    spawn(process.execPath, [file, ...args], {cwd: REPOSITORY, env, stdio: 'inherit'}).once('close', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
