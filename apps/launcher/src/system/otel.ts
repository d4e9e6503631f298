import {otelConfig} from '@vitalvault/engine-config';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {inheritedEnvironment} from '../config.js';
import {writeWhole} from '../process/files.js';
import {answers} from '../process/probe.js';
import {DEFAULTS} from '../process/process-spec.js';
import {engineDirectory} from './context.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

const local = (port: number): string => `127.0.0.1:${String(port)}`;

export function otelSpec(context: SystemContext): ProcessSpec {
  const {layout, ports} = context;
  const {grpc, http, health} = ports.otel;
  return {
    ...DEFAULTS,
    name: 'otel',
    command: join(engineDirectory(context, 'otel-collector'), 'otel-collector'),
    args: ['--config', layout.otel.config],
    env: {...inheritedEnvironment(), GOGC: '50', GOMEMLIMIT: '96MiB'},
    cwd: layout.data,
    ports: [grpc, http, health],
    prepare: async () => {
      await mkdir(layout.otel.dir, {recursive: true});
      await writeWhole(
        layout.otel.config,
        otelConfig({grpc: local(grpc), http: local(http), health: local(health), tracesFile: layout.otel.traces}),
      );
    },
    ready: () => answers(`http://127.0.0.1:${String(health)}/`),
  };
}
