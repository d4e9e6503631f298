import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {inheritedEnvironment, REPOSITORY} from '../config.js';
import {serviceEnvironment} from '../configuration/service-environment.js';
import {portLayout} from '../plan/ports.js';
import {existingSystem} from './launcher-options.js';
import type {DataOption} from './launcher-options.js';

export interface PositionsOptions extends DataOption {
  /** Who has those begin anew that stand; undefined: they are shown only. */
  begin?: string;
}

/** Positions of the topics that a service takes. */
export async function positions(service: 'storage' | 'notify', options: PositionsOptions): Promise<void> {
  const {layout, settings} = await existingSystem(options);
  const ports = portLayout(settings.portBase);
  const env = {...inheritedEnvironment(), ...serviceEnvironment(service, {layout, ports, settings, organisation: ''})};
  const args = [join(REPOSITORY, 'apps', service, 'dist', 'positions.js')];
  if (options.begin !== undefined) args.push('--begin', '--by', options.begin);
  await new Promise<void>((resolve) => {
    spawn(process.execPath, args, {cwd: REPOSITORY, env, stdio: 'inherit'}).once('close', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
