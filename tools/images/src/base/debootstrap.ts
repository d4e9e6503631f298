import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {CONTAINERFILES} from '../config.js';
import {ImagesError} from '../images-error.js';
import {progress} from '../progress.js';
import {revisionOf} from '../revision.js';
import {outcomeOf, run} from '../run.js';
import type {ContainerTool} from '../tool/container-tool.js';
import {debianSources} from './debian-sources.js';

const SUITE = 'bookworm';

/** Debian 12 made on this machine with debootstrap, as an image of the given name. Needs root. */
export async function makeDebian(tool: ContainerTool, reference: string): Promise<void> {
  if ((await outcomeOf('debootstrap', ['--version'])).code !== 0)
    throw new ImagesError(
      'The base cannot be made: debootstrap is missing (Debian, as root: apt-get install debootstrap).',
    );
  if (userInfo().uid !== 0)
    throw new ImagesError(
      'The base cannot be made: debootstrap needs root. Or name an image as the base: make images BASE=name.',
    );
  const folder = join(CONTAINERFILES, 'debootstrap');
  const context = await mkdtemp(join(tmpdir(), 'vv-debian-'));
  try {
    const root = join(context, 'root');
    progress(`making Debian 12 (${SUITE}) with debootstrap`);
    const targets = await outcomeOf('apt-get', [
      'indextargets',
      '--format',
      '$(CREATED_BY) $(REPO_URI) $(CODENAME) $(ORIGIN)',
    ]);
    const sources = debianSources(targets.stdout, SUITE);
    await run('debootstrap', ['--variant=minbase', SUITE, root, ...sources.mirror]);
    if (sources.lines.length > 0) await writeFile(join(root, 'etc/apt/sources.list'), `${sources.lines.join('\n')}\n`);
    await copyFile(join(folder, 'slim.cfg'), join(root, 'etc/dpkg/dpkg.cfg.d/slim'));
    await run(join(folder, 'trim.sh'), [root]);
    const {created} = await revisionOf(['deploy/images/debootstrap']);
    await run('tar', [
      '-C',
      root,
      '--sort=name',
      '--numeric-owner',
      `--mtime=@${String(created.getTime() / 1_000)}`,
      '--exclude=./dev/*',
      '--exclude=./proc/*',
      '--exclude=./sys/*',
      '-cf',
      join(context, 'rootfs.tar'),
      '.',
    ]);
    await rm(root, {recursive: true});
    await tool.build({reference, containerfile: join(folder, 'Containerfile'), context, args: {}, labels: {}, created});
  } finally {
    await rm(context, {recursive: true, force: true});
  }
}
