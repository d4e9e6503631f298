import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {inherited, REPOSITORY} from '../config.js';
import type {Layout} from '../layout.js';
import {PAUSE_IMAGE} from '../programs/containerd.js';
import {run} from '../run.js';
import {writeOciArchive} from './oci-archive.js';

export const COREDNS_IMAGE = 'localhost/vitalvault-k8s/coredns:1';
export const PROBE_IMAGE = 'localhost/vitalvault-k8s/probe:1';

/** The images that the cluster itself needs, each from one static program. @returns the archives */
export async function makeOwnImages(layout: Layout, coredns: string): Promise<string[]> {
  const work = await mkdtemp(join(tmpdir(), 'vv-k8s-'));
  try {
    for (const name of ['pause', 'probe']) {
      const env = inherited({
        CGO_ENABLED: '0',
        GOTOOLCHAIN: 'local',
        GOWORK: 'off',
        GOFLAGS: '-trimpath -buildvcs=false',
      });
      await run('go', ['build', '-ldflags=-s -w', '-o', join(work, name), '.'], {
        cwd: join(REPOSITORY, 'test/k8s/cluster', name),
        env,
      });
    }
    const images = [
      {name: 'pause', reference: PAUSE_IMAGE, binary: join(work, 'pause')},
      {name: 'probe', reference: PROBE_IMAGE, binary: join(work, 'probe')},
      {name: 'coredns', reference: COREDNS_IMAGE, binary: join(coredns, 'coredns')},
    ];
    return await Promise.all(images.map((image) => writeOciArchive(image, layout.images)));
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}
