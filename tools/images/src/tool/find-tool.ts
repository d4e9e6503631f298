import {ImagesError} from '../images-error.js';
import {outcomeOf} from '../run.js';
import {Buildah} from './buildah.js';
import type {ContainerTool} from './container-tool.js';
import {Docker} from './docker.js';

/** The first of buildah, podman and docker that works here. @throws ImagesError that says why none does */
export async function findTool(): Promise<ContainerTool> {
  const faults: string[] = [];
  const candidates: [string, ContainerTool][] = [
    ['buildah', new Buildah()],
    ['podman', new Docker('podman')],
    ['docker', new Docker('docker')],
  ];
  for (const [command, tool] of candidates) {
    const {code, stderr} = await outcomeOf(command, ['info']);
    if (code === 0) return tool;
    // A client without its engine is common, and says so only when asked.
    faults.push(
      `  ${command}: ${code === 127 ? 'not installed' : (stderr.trim().split('\n').pop() ?? 'does not work')}`,
    );
  }
  throw new ImagesError(
    `Nothing here can build images:\n${faults.join('\n')}\nInstall one of them (Debian, as root: apt-get install buildah debootstrap).`,
  );
}
