import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {cometBinary, CometNode, genesisJson} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {BENCH_CHAIN, benchGenesis} from '../ledger/bench-genesis.js';
import type {RowContext} from '../suite/row.js';
import {goProgram} from './go-program.js';
import {Load} from './load.js';
import {startProgram} from './started-program.js';
import type {ProgramToStart} from './started-program.js';

/** What runs behind CometBFT; `built-in kvstore` runs inside it, without a socket. */
export type Application =
  | 'ledger-abci'
  | 'ledger-abci, verification off'
  | 'Go kvstore'
  | 'Go, libsecp256k1'
  | 'Go, pure Go'
  | 'built-in kvstore';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TIMEOUT_COMMIT_MS = 200;
/** Nothing happens on a chain that is not sampled. */
const NO_EMPTY_BLOCKS = {timeoutCommitMs: TIMEOUT_COMMIT_MS, emptyBlocksSeconds: 36_000};
/** One block after the other, whether there is something in them or not. */
const EMPTY_BLOCKS = {timeoutCommitMs: 10, emptyBlocksSeconds: 0};

export interface Chain {
  readonly load: Load;
  /** Where CometBFT keeps its blocks and its state. */
  readonly cometData: string;
  /** Where the application keeps its own. */
  readonly stateDir: string;
}

/** One validator: a CometBFT of its own with the same settings for every application. */
export async function startChain(application: Application, context: RowContext, empty = false): Promise<Chain> {
  const {scratch, say} = context;
  say(`starting ${application}`);
  const dir = scratch.directory('chain');
  const socketPath = join(dir, 'app.sock');
  const home = join(dir, 'comet');
  const isBuiltIn = application === 'built-in kvstore';
  const node = await CometNode.create({
    binary: await cometBinary(),
    home,
    socketPath,
    ...(empty ? EMPTY_BLOCKS : NO_EMPTY_BLOCKS),
    ...(isBuiltIn ? {builtIn: 'kvstore'} : {}),
  });
  const isOurs = application.startsWith('ledger-abci');
  const genesis = isOurs
    ? genesisJson(BENCH_CHAIN, benchGenesis(node.publicKey), LIMITS.cometBlockBytes)
    : withBlockBytes(readFileSync(join(home, 'config/genesis.json'), 'utf8'));
  if (!isBuiltIn) await startProgram(programOf(application, {dir, socketPath, say}), scratch);
  scratch.defer(() => node.stop('SIGKILL'));
  await node.start(genesis);
  return {load: new Load(node.rpcUrl), cometData: join(home, 'data'), stateDir: join(dir, 'state')};
}

function programOf(
  application: Application,
  {dir, socketPath, say}: {dir: string; socketPath: string; say: (text: string) => void},
): ProgramToStart {
  const stateDir = join(dir, 'state');
  if (application === 'ledger-abci')
    return {
      command: process.execPath,
      args: [join(ROOT, 'apps/ledger-abci/dist/main.js')],
      env: {VITALVAULT_SOCKET: socketPath, VITALVAULT_STATE_DIR: stateDir, VITALVAULT_LOG_LEVEL: 'error'},
      socketPath,
    };
  if (application === 'ledger-abci, verification off')
    return {
      command: process.execPath,
      args: [...process.execArgv, join(import.meta.dirname, 'serve-unverified.ts'), socketPath, stateDir],
      socketPath,
    };
  const kinds: Partial<Record<Application, string>> = {'Go, libsecp256k1': 'c', 'Go, pure Go': 'go'};
  return {command: goProgram(say), args: ['serve', kinds[application] ?? 'kvstore', socketPath, stateDir], socketPath};
}

/** CometBFT's own genesis with its validator, and blocks as large as ours may be. */
function withBlockBytes(genesis: string): string {
  const parsed = JSON.parse(genesis) as {consensus_params: {block: {max_bytes: string}}};
  parsed.consensus_params.block.max_bytes = String(LIMITS.cometBlockBytes);
  return JSON.stringify(parsed);
}
