import {renderGenesis} from '@vitalvault/genesis';
import {readDatabaseSettings} from '@vitalvault/postgres';
import {Command, InvalidArgumentError} from 'commander';
import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {apiServer, environment, SERVICE_ACCOUNT} from './config.js';
import {ensureIdentities} from './identities/ensure-identities.js';
import {parsePlan} from './identities/plan.js';
import {PrintedObjects} from './identities/printed-objects.js';
import {parsePublicPart} from './identities/public-part.js';
import {GenesisAwaited, InstallerError} from './installer-error.js';
import {ordinalOf, writeIpfsHome} from './ipfs/ipfs-home.js';
import {apiCalls} from './kubernetes/api-call.js';
import type {ApiCall} from './kubernetes/api-call.js';
import {ApiObjects} from './kubernetes/api-objects.js';
import {ApiSinglePods} from './kubernetes/api-single-pods.js';
import {restartOneByOne} from './rolling/restart-one-by-one.js';
import {migrated} from './waiting/migrated.js';
import {answering, listening, waitFor} from './waiting/wait-for.js';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const write = (text: string): void => {
  process.stdout.write(text);
};

/** The chart's Job makes no second try after it. */
const GENESIS_AWAITED = 3;

const program = new Command('installer')
  .description(
    'Makes what a VitalVault release needs before its first pod starts: keys, genesis, homes; and waits for what a pod needs.',
  )
  .showHelpAfterError('(see --help)');

program
  .command('identities')
  .description(
    'make what is missing of the Secrets and the ConfigMap that a plan names, in the namespace of this pod; nothing that is there is changed',
  )
  .requiredOption('--plan <file>', 'what must exist: JSON, written by the chart')
  .option(
    '--print',
    'make everything afresh and print it as manifests for kubectl, instead of talking to a cluster',
    false,
  )
  .action(identities);

program
  .command('genesis')
  .description('render the genesis of a consortium from the public parts of its hospitals')
  .requiredOption('--in <files...>', 'public.json of each hospital')
  .requiredOption('--chain-id <id>', 'name of the chain, 1 to 50 characters')
  .option('--time <time>', 'genesis time, RFC 3339; default: now')
  .action(genesis);

program
  .command('ipfs-home')
  .description('write the configuration of kubo and IPFS Cluster of one peer into its volume')
  .requiredOption('--config-dir <dir>', 'with identities.json and peers.json')
  .requiredOption('--home <dir>', 'the volume')
  .option('--ordinal <n>', 'which peer, from 0; default: the number at the end of the host name', whole)
  .action(async (options: {configDir: string; home: string; ordinal?: number}) => {
    const ordinal = options.ordinal ?? ordinalOf(hostname());
    await writeIpfsHome({...options, ordinal});
    say(`wrote the homes of IPFS peer ${String(ordinal)}`);
  });

program
  .command('restart')
  .description(
    'replace the pods of StatefulSets of one replica that an upgrade has changed, one after the other, each when all others are ready',
  )
  .requiredOption('--statefulsets <names>', 'comma-separated')
  .option('--timeout <seconds>', 'give up when one is not ready after so long', whole, 600)
  .action(restart);

program
  .command('wait')
  .description('wait until others answer')
  .option('--tcp <addresses>', 'host:port, comma-separated')
  .option('--http <urls>', 'URLs that must answer below 400, comma-separated')
  .option('--timeout <seconds>', 'give up after so long', whole, 600)
  .action(async (options: {tcp?: string; http?: string; timeout: number}) => {
    const all = [...list(options.tcp).map(listening), ...list(options.http).map(answering)];
    if (all.length === 0) throw new InstallerError('Say what to wait for: --tcp or --http.');
    await waitFor(all, {timeoutSeconds: options.timeout, say});
  });

program
  .command('migrated')
  .description(
    'wait until a database has every migration of this version; takes the VITALVAULT_DATABASE_… settings of the service',
  )
  .requiredOption('--service <name>', 'policy, storage or notify')
  .option('--timeout <seconds>', 'give up after so long', whole, 600)
  .action(async ({service, timeout}: {service: string; timeout: number}) => {
    await waitFor([migrated(service, readDatabaseSettings(environment()))], {timeoutSeconds: timeout, say});
  });

async function identities(options: {plan: string; print: boolean}): Promise<void> {
  const plan = parsePlan(await readFile(options.plan, 'utf8'));
  const now = () => new Date();
  if (options.print) {
    const store = new PrintedObjects(plan);
    // In join mode without a genesis there is still something to apply: the keys and the public part.
    try {
      await ensureIdentities(plan, {store, now, say});
    } finally {
      write(store.manifest());
    }
    return;
  }
  const {call, namespace} = await ownCluster('With --print the objects are printed instead.');
  await ensureIdentities(plan, {store: new ApiObjects(call, {namespace, ...plan}), now, say});
}

async function restart({statefulsets, timeout}: {statefulsets: string; timeout: number}): Promise<void> {
  const {call, namespace} = await ownCluster('It restarts the pods of the namespace that it runs in.');
  await restartOneByOne(list(statefulsets), new ApiSinglePods(call, namespace), {timeoutSeconds: timeout, say});
}

async function ownCluster(otherwise: string): Promise<{call: ApiCall; namespace: string}> {
  const api = apiServer();
  if (api === undefined) throw new InstallerError(`This is no pod of a Kubernetes cluster. ${otherwise}`);
  return {
    call: apiCalls(api, SERVICE_ACCOUNT),
    namespace: (await readFile(join(SERVICE_ACCOUNT, 'namespace'), 'utf8')).trim(),
  };
}

async function genesis(options: {in: string[]; chainId: string; time?: string}): Promise<void> {
  const time = new Date(options.time ?? Date.now());
  if (Number.isNaN(time.getTime()))
    throw new InstallerError(`${options.time ?? ''} is no time: write it like 2027-01-31T12:00:00Z.`);
  if (!/^[\w.-]{1,50}$/.test(options.chainId))
    throw new InstallerError('A chain id has 1 to 50 letters, digits, ".", "_" and "-".');
  const parts = await Promise.all(options.in.map(async (file) => parsePublicPart(await readFile(file, 'utf8'), file)));
  const ids = parts.map(({organisation}) => organisation.id);
  if (new Set(ids).size !== ids.length) throw new InstallerError('One hospital is named twice.');
  write(
    renderGenesis({
      chainId: options.chainId,
      genesisTime: time.toISOString(),
      organisations: parts.map((p) => p.organisation),
      validators: parts.flatMap((p) => p.validators),
    }),
  );
}

/** A message is enough for what an administrator can mend; everything else is our fault and comes with its place. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const told =
    error instanceof InstallerError || ['ConfigError', 'MigrationError'].includes(error.name) || 'syscall' in error;
  return told ? error.message : (error.stack ?? error.message);
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}

// As the first process of a container Node has no default for this; everything here may be cut off at any point.
process.on('SIGTERM', () => process.exit(143));

try {
  await program.parseAsync();
} catch (error) {
  say(`\ninstaller: ${explain(error)}`);
  process.exitCode = error instanceof GenesisAwaited ? GENESIS_AWAITED : 1;
}
