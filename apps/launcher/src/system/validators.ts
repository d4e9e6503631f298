import {cometConfig} from '@vitalvault/engine-config';
import {memoryFor} from '@vitalvault/genesis';
import {join} from 'node:path';
import {mkdir, rm} from 'node:fs/promises';
import {inheritedEnvironment, ledgerLogLevel, REPOSITORY} from '../config.js';
import {writeWhole} from '../process/files.js';
import {acceptsConnection, getJson} from '../process/probe.js';
import {DEFAULTS} from '../process/process-spec.js';
import {engineDirectory} from './context.js';
import type {ProcessSpec} from '../process/process-spec.js';
import type {SystemContext} from './context.js';

const LEAST_HEAP_MIB = 192;

export function abciSpec(context: SystemContext, i: number): ProcessSpec {
  const {layout, ports, settings} = context;
  const heapMiB = Math.max(LEAST_HEAP_MIB, memoryFor(settings.capacity).heapMiB);
  const {socket, state} = layout.validator(i);
  const {management} = ports.validator(i);
  return {
    ...DEFAULTS,
    name: `abci-${String(i)}`,
    command: process.execPath,
    args: [
      `--max-old-space-size=${String(heapMiB)}`,
      '--max-semi-space-size=4',
      join(REPOSITORY, 'apps/ledger-abci/dist/main.js'),
    ],
    env: {
      ...inheritedEnvironment(),
      NODE_ENV: 'production',
      VITALVAULT_SOCKET: socket,
      VITALVAULT_STATE_DIR: state,
      VITALVAULT_OTLP_URL: `http://127.0.0.1:${String(ports.otel.http)}`,
      VITALVAULT_MANAGEMENT_PORT: String(management),
      VITALVAULT_LOG_LEVEL: ledgerLogLevel(),
    },
    cwd: REPOSITORY,
    ports: [management],
    prepare: async () => {
      await mkdir(state, {recursive: true});
      await rm(socket, {force: true});
    },
    ready: () => acceptsConnection({path: socket}),
  };
}

export function cometSpec(context: SystemContext, i: number): ProcessSpec {
  const {layout, ports, settings, identities} = context;
  const {home, socket} = layout.validator(i);
  const {p2p, rpc, metrics} = ports.validator(i);
  const name = `comet-${String(i)}`;
  const peers = identities.nodeIds
    .map((id, j) => ({j, address: `${id}@127.0.0.1:${String(ports.validator(j).p2p)}`}))
    .filter(({j}) => j !== i);
  return {
    ...DEFAULTS,
    name,
    command: join(engineDirectory(context, 'cometbft'), 'cometbft'),
    args: ['start', '--home', home],
    env: {...inheritedEnvironment(), GOGC: '50', GOMEMLIMIT: '128MiB'},
    cwd: REPOSITORY,
    // A CometBFT that finds no socket tries again only after 3 s.
    after: [`abci-${String(i)}`],
    ports: [p2p, rpc, metrics],
    prepare: async () => {
      const config = cometConfig({
        moniker: `validator-${String(i)}`,
        abciSocket: socket,
        p2p: `127.0.0.1:${String(p2p)}`,
        rpc: `127.0.0.1:${String(rpc)}`,
        externalAddress: `127.0.0.1:${String(p2p)}`,
        metrics: `127.0.0.1:${String(metrics)}`,
        peers: peers.map((p) => p.address),
        // A validator that was killed must come back at once, and all of them after a reboot; its own state file keeps
        // it from signing twice.
        doubleSignCheckHeight: 0,
      });
      await writeWhole(join(home, 'config', 'config.toml'), config);
    },
    // Without our application (a test brings its own) CometBFT waits for one before it answers anything.
    ready: () =>
      context.active.has(`abci-${String(i)}`)
        ? cometReady(rpc, hasQuorum(context, settings.validators))
        : Promise.resolve(true),
  };
}

/** With two thirds of the validators there must be blocks; with fewer it is enough that CometBFT answers. */
async function cometReady(rpc: number, quorum: boolean): Promise<boolean> {
  const {result} = (await getJson(`http://127.0.0.1:${String(rpc)}/status`)) as {
    result: {sync_info: {latest_block_height: string; catching_up: boolean}};
  };
  return !quorum || (Number(result.sync_info.latest_block_height) > 0 && !result.sync_info.catching_up);
}

function hasQuorum(context: SystemContext, validators: number): boolean {
  const active = [...context.active].filter((name) => name.startsWith('comet-')).length;
  return active * 3 > validators * 2;
}
