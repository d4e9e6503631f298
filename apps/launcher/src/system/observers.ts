import {mkdir, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {inheritedEnvironment, javaCommand, REPOSITORY} from '../config.js';
import {writeWhole} from '../process/files.js';
import {answers} from '../process/probe.js';
import {DEFAULTS} from '../process/process-spec.js';
import {engineDirectory} from './context.js';
import {endpointsOf} from './endpoints.js';
import type {ObserverName} from '../plan/names.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

// All keep to bounds of their own, and listen on loopback alone.
const SCRAPE = '5s';
const KEPT = ['--storage.tsdb.retention.time=2d', '--storage.tsdb.retention.size=256MB'];
const ZIPKIN_HEAP = '192m';
/** About one KiB each on the heap; beyond, the oldest traces go. */
const ZIPKIN_SPANS = 50_000;
/** The rules as the chart has them. */
const RULES = join(REPOSITORY, 'deploy/helm/vitalvault/files/alerts/*.yaml');

const local = (port: number): string => `127.0.0.1:${String(port)}`;
const json = (value: unknown): string => JSON.stringify(value, undefined, 2) + '\n';

/** A program that watches the system; see OBSERVERS. */
export function observerSpec(context: SystemContext, name: ObserverName): ProcessSpec | Promise<ProcessSpec> {
  const specs = {
    zipkin: zipkinSpec,
    'zipkin-feed': feedSpec,
    alertmanager: alertmanagerSpec,
    prometheus: prometheusSpec,
  };
  return specs[name](context);
}

function prometheusSpec(context: SystemContext): ProcessSpec {
  const {layout, settings, ports} = context;
  const {prometheus, alertmanager} = ports.observers;
  const {dir, config, data} = layout.prometheus;
  return {
    ...DEFAULTS,
    name: 'prometheus',
    command: join(engineDirectory(context, 'prometheus'), 'prometheus'),
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      ...KEPT,
      `--web.listen-address=${local(prometheus)}`,
    ],
    env: {...inheritedEnvironment(), GOGC: '50', GOMEMLIMIT: '192MiB'},
    cwd: layout.data,
    ports: [prometheus],
    prepare: async () => {
      await mkdir(dir, {recursive: true});
      const {metrics} = await endpointsOf(layout, settings);
      await writeWhole(config, prometheusConfig(metrics, local(alertmanager)));
    },
    ready: () => answers(`http://${local(prometheus)}/-/ready`),
  };
}

/** @param metrics process → address of its metrics. JSON is YAML. */
export function prometheusConfig(metrics: Readonly<Record<string, string>>, alertmanager: string): string {
  return json({
    global: {scrape_interval: SCRAPE, evaluation_interval: SCRAPE},
    rule_files: [RULES],
    alerting: {alertmanagers: [{static_configs: [{targets: [alertmanager]}]}]},
    scrape_configs: [
      {
        job_name: 'vitalvault',
        static_configs: Object.entries(metrics).map(([instance, address]) => {
          const {host, pathname} = new URL(address);
          return {targets: [host], labels: {program: programOf(instance), instance, __metrics_path__: pathname}};
        }),
      },
    ],
  });
}

/** As rules and dashboards call a process, which are several of one program. */
const programOf = (process: string): string => process.replace(/^abci-/, 'ledger-abci-').replace(/-\d+$/, '');

function alertmanagerSpec(context: SystemContext): ProcessSpec {
  const {layout, ports} = context;
  const port = ports.observers.alertmanager;
  const {dir, config, data} = layout.alertmanager;
  return {
    ...DEFAULTS,
    name: 'alertmanager',
    command: join(engineDirectory(context, 'alertmanager'), 'alertmanager'),
    // Without an address for its cluster it is alone.
    args: [
      `--config.file=${config}`,
      `--storage.path=${data}`,
      `--web.listen-address=${local(port)}`,
      '--cluster.listen-address=',
    ],
    env: {...inheritedEnvironment(), GOGC: '50', GOMEMLIMIT: '64MiB'},
    cwd: layout.data,
    ports: [port],
    prepare: async () => {
      await mkdir(dir, {recursive: true});
      // It shows what fires, by cause, and tells nobody: whom to wake is yours to say.
      const route = {receiver: 'page', group_by: ['alertname'], group_wait: '5s', group_interval: '30s'};
      await writeWhole(config, json({route, receivers: [{name: 'page'}]}));
    },
    ready: () => answers(`http://${local(port)}/-/ready`),
  };
}

async function zipkinSpec(context: SystemContext): Promise<ProcessSpec> {
  const {layout, ports} = context;
  const port = ports.observers.zipkin;
  const lib = join(engineDirectory(context, 'zipkin'), 'lib');
  const [jar = ''] = await readdir(lib);
  return {
    ...DEFAULTS,
    name: 'zipkin',
    command: javaCommand(),
    args: [
      `-Xmx${ZIPKIN_HEAP}`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:-UsePerfData',
      '-Xss512k',
      '-XX:ReservedCodeCacheSize=48m',
      '-XX:MaxDirectMemorySize=64m',
      '-XX:+ExitOnOutOfMemoryError',
      '-Djava.awt.headless=true',
      '-jar',
      join(lib, jar),
      '--armeria.ports[0].ip=127.0.0.1',
      `--armeria.ports[0].port=${String(port)}`,
      '--armeria.ports[0].protocols[0]=http',
      `--zipkin.storage.mem.max-spans=${String(ZIPKIN_SPANS)}`,
    ],
    env: inheritedEnvironment(),
    cwd: layout.data,
    ports: [port],
    prepare: () => Promise.resolve(),
    ready: () => answers(`http://${local(port)}/health`),
  };
}

/** The Collector's file is read as it grows: nothing of the system knows that somebody watches. */
function feedSpec(context: SystemContext): ProcessSpec {
  const {layout, ports} = context;
  const zipkin = `http://${local(ports.observers.zipkin)}`;
  const vv = join(REPOSITORY, 'apps/cli/dist/main.js');
  return {
    ...DEFAULTS,
    name: 'zipkin-feed',
    command: process.execPath,
    args: ['--max-old-space-size=96', vv, 'spans', '--spans', layout.otel.traces, '--zipkin', zipkin, '--follow'],
    env: inheritedEnvironment(),
    cwd: layout.data,
    ports: [],
    prepare: () => Promise.resolve(),
    ready: () => Promise.resolve(true),
  };
}
