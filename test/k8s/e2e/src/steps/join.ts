import {createHash} from 'node:crypto';
import {stringify} from 'yaml';
import type {Cluster} from '#cluster/use/cluster.js';
import {waitUntil} from '#cluster/wait-until.js';
import type {Bench, Step} from '../bench.js';
import {NAMESPACE} from '../bench.js';
import {Reader, blocksOf} from '../documents/reader.js';
import {NotSo} from '../report.js';

const INSTALL = 'docs/operations/install.md';
const CHAIN = 'consortium-1';
/** Two hospitals: the fewest that need one another. */
const HOSPITALS = ['north', 'east'] as const;
type Hospital = (typeof HOSPITALS)[number];

const namespaceOf = (hospital: Hospital): string => `hospital-${hospital}`;
const otherOf = (hospital: Hospital): Hospital => (hospital === 'north' ? 'east' : 'north');
const addressOf = (hospital: Hospital): string =>
  `vv-vitalvault-validator-0-p2p.${namespaceOf(hospital)}.svc.cluster.local:26656`;

/** As `examples/join`, with the engines of an evaluation. */
const valuesOf = (hospital: Hospital): string =>
  stringify({
    chainId: CHAIN,
    organisation: {name: `Hospital ${hospital}`},
    kafka: {mode: 'evaluation'},
    postgres: {mode: 'evaluation'},
    helmTest: {writes: true},
    validators: {mode: 'join', join: {externalAddress: addressOf(hospital)}, expose: {type: 'ClusterIP'}},
    networkPolicy: {
      consortiumPeers: [
        {namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': namespaceOf(otherOf(hospital))}}},
      ],
    },
  });

export const joinStep: Step = {
  name: 'join',
  title: 'Two hospitals join in one consortium, by the commands of install.md',
  async run(bench) {
    const {kubectl} = bench.cluster;
    for (const name of [NAMESPACE, ...HOSPITALS.map(namespaceOf)])
      await kubectl.run(['delete', 'namespace', name, '--ignore-not-found', '--timeout=180s']);
    for (const hospital of HOSPITALS) {
      await kubectl.apply({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {name: namespaceOf(hospital), labels: {'pod-security.kubernetes.io/enforce': 'restricted'}},
      });
    }
    const reader = await Reader.atWork(bench);
    try {
      await join(bench, reader);
      for (const hospital of HOSPITALS) await worksAt(bench, hospital);
    } finally {
      await reader.leave();
    }
    for (const hospital of HOSPITALS)
      await kubectl.run(['delete', 'namespace', namespaceOf(hospital), '--timeout=180s']);
  },
};

async function join({report}: Bench, reader: Reader): Promise<void> {
  const [keys, genesis, start, ...more] = (await blocksOf(INSTALL)).filter(
    ({heading}) => heading === 'Joining a consortium',
  );
  if (keys === undefined || genesis === undefined || start === undefined || more.length > 0)
    throw new Error(`${INSTALL} tells another way to join than in three blocks`);
  const variables = (hospital: Hospital) => ({HOSPITAL: hospital, NAMESPACE: namespaceOf(hospital)});

  for (const hospital of HOSPITALS) {
    await reader.write(`${hospital}.yaml`, valuesOf(hospital));
    await report.timed(`keys of hospital ${hospital}`, () => reader.types(INSTALL, [keys], variables(hospital)));
  }
  await reader.types(INSTALL, [genesis], {GENESIS_TIME: new Date().toISOString()});
  const made = await reader.read('genesis.json');
  report.hold('the genesis names the chain', (JSON.parse(made) as {chain_id: string}).chain_id.startsWith(`${CHAIN}-`));
  report.say('genesis', `sha256 ${createHash('sha256').update(made).digest('hex')}`);

  const peers = Object.fromEntries(
    await Promise.all(
      HOSPITALS.map(async (hospital) => {
        const {validators} = JSON.parse(await reader.read(`${hospital}.json`)) as {
          validators: {nodeId: string; address: string}[];
        };
        return [hospital, validators.map(({nodeId, address}) => `${nodeId}@${address}`).join(',')];
      }),
    ),
  ) as Record<Hospital, string>;
  // Neither is ready without the other.
  await report.timed('both hospitals until ready', () =>
    Promise.all(
      HOSPITALS.map((hospital) =>
        reader.types(INSTALL, [start], {...variables(hospital), PEERS: peers[otherOf(hospital)]}),
      ),
    ),
  );
}

interface Status {
  result: {node_info: {network: string}; sync_info: {latest_block_height: string}};
}

async function rpc<T>({kubectl}: Cluster, hospital: Hospital, path: string): Promise<T> {
  const {
    spec: {clusterIP},
  } = await kubectl.get<{spec: {clusterIP: string}}>(
    'service',
    'vv-vitalvault-validator-0',
    '-n',
    namespaceOf(hospital),
  );
  return (await fetch(`http://${clusterIP}:26657/${path}`, {signal: AbortSignal.timeout(5_000)})).json() as Promise<T>;
}

/** Readings go in and come out at one hospital, and the other's validator holds them. */
async function worksAt({cluster, report, helm}: Bench, hospital: Hospital): Promise<void> {
  const heightOf = async (at: Hospital) =>
    Number((await rpc<Status>(cluster, at, 'status')).result.sync_info.latest_block_height);
  const {code, stdout, stderr} = await report.timed(`helm test at ${hospital}`, () =>
    helm.tryIn(namespaceOf(hospital), 'test', 'vv', '--timeout', '3m', '--logs'),
  );
  report.hold(`a reading in and out, a refused access at ${hospital}`, code === 0, `${stderr}${stdout.slice(-1_500)}`);
  const height = await heightOf(hospital);
  await waitUntil(
    {what: `the other hospital reaching height ${height}`, seconds: 60},
    async () => (await heightOf(otherOf(hospital))) >= height || undefined,
  );
  const hashes = await Promise.all(
    HOSPITALS.map(
      async (at) =>
        (await rpc<{result: {signed_header: {header: {app_hash: string}}}}>(cluster, at, `commit?height=${height}`))
          .result.signed_header.header.app_hash,
    ),
  );
  report.hold(
    `one ledger: app hash ${hashes[0]?.slice(0, 16).toLowerCase()}… at height ${height} with both`,
    hashes[0] !== '' && hashes[0] === hashes[1],
    hashes.join(', '),
  );
  const powers = await rpc<{result: {validators: unknown[]}}>(cluster, hospital, `validators?height=${height}`);
  if (powers.result.validators.length !== HOSPITALS.length)
    throw new NotSo(`${powers.result.validators.length} validators`);
}
