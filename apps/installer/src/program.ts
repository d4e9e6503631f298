import {
  CAPACITY_RANGE,
  DEFAULT_CAPACITY,
  memoryFor,
  moreIpfsIdentities,
  parseIpfsIdentities,
  renderGenesis,
  uniqueChainId,
} from '@vitalvault/genesis';
import {InvalidGenesisError} from '@vitalvault/light-client';
import {readDatabaseSettings} from '@vitalvault/postgres';
import {duration, each, names, path, shaped, size, time, wholeNumber} from '@vitalvault/arguments';
import {Command, Option} from 'commander';
import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {apiServer, environment, SERVICE_ACCOUNT} from './config.js';
import {ensureIdentities} from './identities/ensure-identities.js';
import {parsePlan} from './identities/plan.js';
import {PrintedObjects} from './identities/printed-objects.js';
import {parsePublicPart} from './identities/public-part.js';
import {InstallerError} from './installer-error.js';
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

/** Seconds. */
const timeout = duration({least: 0, most: 86_400});

/** All commands of the installer. */
export const installerProgram = new Command('installer')
  .description(
    'Makes what a VitalVault release needs before its first pod starts: keys, genesis, homes; and waits for what a pod needs.',
  )
  .showHelpAfterError('(see --help)');

installerProgram
  .command('identities')
  .description(
    'make what is missing of the Secrets and the ConfigMap that a plan names, in the namespace of this pod; nothing that is there is changed',
  )
  .requiredOption('--plan <file>', 'what must exist: JSON, written by the chart', path)
  .option(
    '--print',
    'make everything afresh and print it as manifests for kubectl, instead of talking to a cluster',
    false,
  )
  .action(identities);

installerProgram
  .command('genesis')
  .description('render the genesis of a consortium from the public parts of its hospitals')
  .requiredOption('--in <files...>', 'public.json of each hospital', each(path))
  .requiredOption(
    '--chain-id <id>',
    'name of the chain; its id is the name with eight digits that make it unique',
    shaped(/^[A-Za-z0-9][\w.-]{0,40}$/, '1 to 41 letters, digits, ".", "_" and "-", first a letter or digit'),
  )
  .option('--time <time>', 'genesis time, RFC 3339; default: now', time)
  .option(
    '--max-keys <n>',
    'keys that the ledger may have, for ever',
    wholeNumber(CAPACITY_RANGE.keys),
    DEFAULT_CAPACITY.keys,
  )
  .option(
    '--max-leaves <n>',
    'leaves that all logs may have, for ever',
    wholeNumber(CAPACITY_RANGE.leaves),
    DEFAULT_CAPACITY.leaves,
  )
  .action(genesis);

installerProgram
  .command('ipfs-identities')
  .description('add identities of further IPFS peers to those that are there, and print all: a secret')
  .requiredOption('--in <file>', 'identities.json of the peers that are there', path)
  .requiredOption('--peers <n>', 'how many there will be', wholeNumber({least: 1, most: 50}))
  .action(ipfsIdentities);

installerProgram
  .command('ipfs-home')
  .description('write the configuration of kubo and IPFS Cluster of one peer into its volume')
  .requiredOption('--config-dir <dir>', 'with identities.json and peers.json', path)
  .requiredOption('--home <dir>', 'the volume', path)
  .option(
    '--ordinal <n>',
    'which peer, from 0; default: the number at the end of the host name',
    wholeNumber({least: 0, most: 999}),
  )
  .option(
    '--volume-size <quantity>',
    'what the claim of the volume asks for, like 20Gi; default: its file system',
    size,
  )
  .action(async (options: {configDir: string; home: string; ordinal?: number; volumeSize?: number}) => {
    const ordinal = options.ordinal ?? ordinalOf(hostname());
    await writeIpfsHome({...options, ordinal});
    say(`wrote the homes of IPFS peer ${String(ordinal)}`);
  });

installerProgram
  .command('restart')
  .description(
    'replace the pods of StatefulSets of one replica that an upgrade has changed, one after the other, each when all others are ready',
  )
  .requiredOption('--statefulsets <names>', 'comma-separated', names)
  .option('--timeout <duration>', 'give up when one is not ready after so long', timeout, 600)
  .action(restart);

installerProgram
  .command('wait')
  .description('wait until others answer')
  .option('--tcp <addresses>', 'host:port, comma-separated', names)
  .option('--http <urls>', 'URLs that must answer below 400, comma-separated', names)
  .option('--timeout <duration>', 'give up after so long', timeout, 600)
  .action(async (options: {tcp?: string[]; http?: string[]; timeout: number}) => {
    const all = [...(options.tcp ?? []).map(listening), ...(options.http ?? []).map(answering)];
    if (all.length === 0) throw new InstallerError('Say what to wait for: --tcp or --http.');
    await waitFor(all, {timeoutSeconds: options.timeout, say});
  });

installerProgram
  .command('migrated')
  .description(
    'wait until a database has every migration of this version; takes the VITALVAULT_DATABASE_… settings of the service',
  )
  .addOption(
    new Option('--service <name>', 'whose database').choices(['policy', 'storage', 'notify']).makeOptionMandatory(),
  )
  .option('--timeout <duration>', 'give up after so long', timeout, 600)
  .action(async (options: {service: string; timeout: number}) => {
    await waitFor([migrated(options.service, readDatabaseSettings(environment()))], {
      timeoutSeconds: options.timeout,
      say,
    });
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

async function ipfsIdentities(options: {in: string; peers: number}): Promise<void> {
  const identities = parseIpfsIdentities(await readFile(options.in, 'utf8'));
  if (identities === undefined) throw new InstallerError(`${options.in} holds no identities of IPFS peers.`);
  const there = identities.kubo.length;
  if (options.peers < there)
    throw new InstallerError(`${String(there)} peers are there: what one of them holds goes with it.`);
  write(JSON.stringify(moreIpfsIdentities(identities, options.peers)) + '\n');
  say(`added ${String(options.peers - there)} peers to ${String(there)}`);
}

async function restart(options: {statefulsets: string[]; timeout: number}): Promise<void> {
  const {call, namespace} = await ownCluster('It restarts the pods of the namespace that it runs in.');
  await restartOneByOne(options.statefulsets, new ApiSinglePods(call, namespace), {
    timeoutSeconds: options.timeout,
    say,
  });
}

async function ownCluster(otherwise: string): Promise<{call: ApiCall; namespace: string}> {
  const api = apiServer();
  if (api === undefined) throw new InstallerError(`This is no pod of a Kubernetes cluster. ${otherwise}`);
  return {
    call: apiCalls(api, SERVICE_ACCOUNT),
    namespace: (await readFile(join(SERVICE_ACCOUNT, 'namespace'), 'utf8')).trim(),
  };
}

async function genesis(options: {
  in: string[];
  chainId: string;
  time?: Date;
  maxKeys: number;
  maxLeaves: number;
}): Promise<void> {
  const parts = await Promise.all(options.in.map(async (file) => parsePublicPart(await readFile(file, 'utf8'), file)));
  const ids = parts.map(({organisation}) => organisation.id);
  if (new Set(ids).size !== ids.length) throw new InstallerError('One hospital is named twice.');
  const origin = {
    genesisTime: (options.time ?? new Date()).toISOString(),
    organisations: parts.map((p) => p.organisation),
    validators: parts.flatMap((p) => p.validators),
  };
  try {
    const capacity = {keys: options.maxKeys, leaves: options.maxLeaves};
    write(renderGenesis({...origin, capacity, chainId: uniqueChainId({...origin, name: options.chainId})}));
    const {heapMiB, memoryMiB} = memoryFor(capacity);
    say(`each validator of it needs a heap of ${String(heapMiB)} MiB in ${String(memoryMiB)} MiB of memory`);
  } catch (error) {
    if (!(error instanceof InvalidGenesisError)) throw error;
    throw new InstallerError(`These hospitals make no genesis: ${error.message}.`);
  }
}
