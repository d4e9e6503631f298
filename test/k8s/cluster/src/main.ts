import {resolve} from 'node:path';
import {userInfo} from 'node:os';
import {Command} from 'commander';
import {announcement} from './announcement.js';
import {check} from './check.js';
import {ClusterError} from './cluster-error.js';
import {DEFAULT_DIRECTORY} from './config.js';
import {down} from './down.js';
import {installPackages, missingForImages, missingPackages} from './host/packages.js';
import {Layout} from './layout.js';
import {withLock} from './lock.js';
import {progress, tell} from './progress.js';
import {isUp, status, tellHowToUse} from './status.js';
import {up} from './up.js';
import {openCluster} from './use/cluster.js';

interface Options {
  dir: string;
  /** Who calls has said what is changed. */
  told?: boolean;
}

const layoutOf = ({dir}: Options) => new Layout(resolve(dir));

function requireRoot(): void {
  if (process.platform !== 'linux' || userInfo().uid !== 0)
    throw new ClusterError(
      'The test cluster needs root on Linux: it makes network interfaces, mounts and control groups. Run it as root, on a machine that may be changed.',
    );
}

/** For a caller that builds images before `up`. */
async function commandPrepare(options: Options): Promise<void> {
  tell(await announcement(layoutOf(options), {images: true}));
  requireRoot();
  await withLock(async () => {
    await installPackages([...(await missingPackages()), ...(await missingForImages())]);
  });
}

async function commandUp(options: Options): Promise<void> {
  const layout = layoutOf(options);
  if (options.told !== true) tell(await announcement(layout, {images: false}));
  requireRoot();
  await withLock(async () => {
    if (await isUp(layout)) progress(`a cluster is up already in ${layout.root}`);
    else await up(layout);
  });
  await tellHowToUse(layout);
}

async function commandDown(options: Options): Promise<void> {
  requireRoot();
  const layout = layoutOf(options);
  const undone = await withLock(() => down(layout));
  progress(undone ? 'the cluster is down' : `nothing to undo: no cluster was brought up in ${layout.root}`);
}

async function commandImport(options: Options): Promise<void> {
  requireRoot();
  const cluster = await openCluster(layoutOf(options).root);
  await cluster.importImages();
}

const program = new Command('cluster').description('A real Kubernetes of one node, to try the chart on.');
const command = (name: string, words: string, action: (options: Options) => Promise<void>): Command =>
  program
    .command(name)
    .description(words)
    .option('--dir <folder>', 'where everything of the cluster lies', DEFAULT_DIRECTORY)
    .action(action);
command('prepare', 'say what `make images` and `up` change, then install the Debian packages of both', commandPrepare);
command('up', 'say what is changed, then make the cluster', commandUp).option('--told', 'say nothing: prepare has');
command('down', 'end the cluster and leave the machine as it was', commandDown);
command('status', 'show processes, node and pods; the exit code tells whether it is up', async (options) => {
  if (!(await status(layoutOf(options)))) process.exitCode = 1;
});
command(
  'check',
  'try what the tests of the chart rely on: restricted pods, services, names, volumes, measurements, policies',
  (options) => check(layoutOf(options).root),
);
command('import-images', 'give the node the images that `make images` built', commandImport);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
