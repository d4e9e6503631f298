import {OBSERVERS, SERVICES} from '../plan/names.js';
import {abciSpec, cometSpec} from './validators.js';
import {kafkaSpec} from './kafka.js';
import {otelSpec} from './otel.js';
import {clusterSpec, kuboSpec} from './ipfs.js';
import {observerSpec} from './observers.js';
import {postgresHome} from './postgres-home.js';
import {postgresSpec} from './postgres.js';
import {serviceSpec} from './services.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

const NUMBERED = new Map([
  ['comet', cometSpec],
  ['abci', abciSpec],
  ['kubo', kuboSpec],
  ['cluster', clusterSpec],
]);

/** The spec of each of `names`, in their order. */
export async function processSpecs(context: SystemContext, names: string[]): Promise<ProcessSpec[]> {
  const specs: ProcessSpec[] = [];
  for (const name of names) specs.push(await processSpec(context, name));
  return specs;
}

async function processSpec(context: SystemContext, name: string): Promise<ProcessSpec> {
  if (name === 'kafka') return kafkaSpec(context);
  if (name === 'otel') return otelSpec(context);
  if (name === 'postgres') return postgresSpec(context, await postgresHome(context.layout));
  const observer = OBSERVERS.find((o) => o === name);
  if (observer !== undefined) return observerSpec(context, observer);
  const service = SERVICES.find((s) => s === name);
  if (service !== undefined) return serviceSpec(context, service);
  const [, kind = '', number] = /^(\w+)-(\d+)$/.exec(name) ?? [];
  const numbered = NUMBERED.get(kind);
  if (numbered === undefined) throw new Error(`no process ${name}`);
  return numbered(context, Number(number));
}
