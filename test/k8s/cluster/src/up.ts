import {mkdir, writeFile} from 'node:fs/promises';
import {Resolver} from 'node:dns/promises';
import {ClusterError} from './cluster-error.js';
import {down} from './down.js';
import {buildEngines} from './engines.js';
import type {Engines} from './engines.js';
import {readBefore, writeBefore} from './host/before.js';
import {makeBridge, refuseTakenNetworks} from './host/bridge.js';
import {installPackages, missingPackages} from './host/packages.js';
import {refuseTakenPorts} from './host/ports.js';
import {importArchive} from './images/import-images.js';
import {makeOwnImages} from './images/own-images.js';
import type {Layout} from './layout.js';
import {NETWORK, NODE_NAME} from './network.js';
import {nodeObjects, volumeFolders} from './objects/node-objects.js';
import {makeCertificates} from './pki/certificates.js';
import {writeKubeconfigs} from './pki/kubeconfigs.js';
import {lastWords} from './process/last-words.js';
import {runningPid} from './process/process-record.js';
import {startProcess} from './process/start-process.js';
import {containerd} from './programs/containerd.js';
import {apiServer, controllerManager, etcd, scheduler} from './programs/control-plane.js';
import {kubelet, kubeProxy} from './programs/node.js';
import type {Program} from './programs/program.js';
import {progress} from './progress.js';
import {Kubectl} from './use/kubectl.js';
import {waitUntil} from './wait-until.js';

/** Makes the cluster, whatever an earlier run left, and returns when its node is ready and its DNS answers. */
export async function up(layout: Layout): Promise<void> {
  if ((await readBefore(layout)) !== undefined) {
    progress('clearing away what an earlier run left');
    await down(layout);
  }
  await installPackages(await missingPackages());
  const engines = await buildEngines();
  await refuseTakenNetworks();
  await mkdir(layout.root, {recursive: true});
  await writeBefore(layout);
  for (const folder of [...layout.folders, ...volumeFolders(layout.volumes)])
    await mkdir(folder, {recursive: true, mode: 0o755});
  await makeBridge();
  // A refusal leaves nothing behind; a fault later on does, for somebody to look at, until the next up or down.
  await refuseTakenPorts().catch(async (error: unknown) => {
    await down(layout);
    throw error;
  });
  await makeCertificates(layout);
  await writeKubeconfigs(layout);
  progress('certificates made');
  await start(layout, engines);
  const description = {kubeconfig: layout.kubeconfig('admin'), node: NODE_NAME, dns: NETWORK.dnsService, engines};
  await writeFile(layout.description, JSON.stringify(description, undefined, 1));
}

async function start(layout: Layout, engines: Engines): Promise<void> {
  const kubectl = new Kubectl(`${engines.kubernetes}/kubectl`, layout.kubeconfig('admin'));
  const started: Program[] = [];
  const begin = async (program: Program) => {
    await startProcess(layout, program);
    started.push(program);
  };
  const hopeless = async () => {
    for (const {name} of started) {
      if ((await runningPid(layout, name)) === undefined)
        return `${name} has ended. Its last words (${layout.log(name)}):\n${await lastWords(layout, name)}`;
    }
    return undefined;
  };
  await begin(etcd(layout));
  await begin(await containerd(layout));
  await begin(apiServer(layout, engines.kubernetes));
  const archives = await makeOwnImages(layout, engines.coredns);
  await waitUntil({what: 'starting containerd', seconds: 30, hopeless}, async () => {
    for (const archive of archives) await importArchive(layout, archive);
    return true;
  });
  progress('containerd runs, with the images of pause, CoreDNS and probe');
  await waitUntil(
    {what: 'starting the API server', seconds: 120, hopeless},
    async () => (await kubectl.run(['get', '--raw', '/readyz'])) === 'ok' || undefined,
  );
  progress('API server ready');
  await begin(controllerManager(layout, engines.kubernetes));
  await begin(scheduler(layout, engines.kubernetes));
  await begin(await kubeProxy(layout, engines.kubernetes));
  await begin(await kubelet(layout, engines.kubernetes));
  await kubectl.apply(nodeObjects(layout.volumes));
  await waitUntil({what: 'the node becoming ready', seconds: 120, hopeless}, async () => {
    const ready = await kubectl.run([
      'get',
      'node',
      NODE_NAME,
      '-o',
      'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
    ]);
    return ready === 'True' || undefined;
  });
  progress('node ready');
  const resolver = new Resolver({timeout: 1_000, tries: 1});
  resolver.setServers([NETWORK.dnsService]);
  await waitUntil({what: "the cluster's DNS answering", seconds: 120, hopeless}, async () => {
    const [address] = await resolver.resolve4(`kubernetes.default.svc.${NETWORK.domain}`);
    return address === NETWORK.apiService || undefined;
  }).catch(async (error: unknown) => {
    const why = await kubectl.try(['describe', 'pods', '-n', 'kube-system']);
    throw new ClusterError(`${error instanceof Error ? error.message : String(error)}\n${why.stdout.slice(-3_000)}`);
  });
  progress('DNS answers');
}
