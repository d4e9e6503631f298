import {createHash} from 'node:crypto';
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {run} from '../run.js';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** An image of one static program and nothing else. */
export interface ProgramImage {
  reference: string;
  /** The file that becomes /name and the entry point. */
  binary: string;
  name: string;
}

/** Writes an OCI archive without any image builder. @returns its path */
export async function writeOciArchive(image: ProgramImage, folder: string): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'vv-oci-'));
  try {
    const blobs = join(work, 'oci', 'blobs', 'sha256');
    await mkdir(blobs, {recursive: true});
    const put = async (mediaType: string, bytes: Buffer): Promise<Descriptor> => {
      const hash = createHash('sha256').update(bytes).digest('hex');
      await writeFile(join(blobs, hash), bytes);
      return {mediaType, digest: `sha256:${hash}`, size: bytes.length};
    };
    const putJson = (mediaType: string, value: unknown) => put(mediaType, Buffer.from(JSON.stringify(value)));

    const layer = await put('application/vnd.oci.image.layer.v1.tar', await layerOf(image, work));
    const config = await putJson('application/vnd.oci.image.config.v1+json', {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: {Entrypoint: [`/${image.name}`], User: '1001:0'},
      rootfs: {type: 'layers', diff_ids: [layer.digest]},
    });
    const manifest = await putJson('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [layer],
    });
    const named = {
      ...manifest,
      annotations: {'io.containerd.image.name': image.reference, 'org.opencontainers.image.ref.name': image.reference},
    };
    await writeFile(join(work, 'oci', 'index.json'), JSON.stringify({schemaVersion: 2, manifests: [named]}));
    await writeFile(join(work, 'oci', 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');

    const archive = join(folder, `${image.name}.tar`);
    await run('tar', ['-cf', archive, '-C', join(work, 'oci'), 'oci-layout', 'index.json', 'blobs']);
    return archive;
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

async function layerOf({binary, name}: ProgramImage, work: string): Promise<Buffer> {
  const root = join(work, 'root');
  await mkdir(join(root, 'tmp'), {recursive: true});
  await copyFile(binary, join(root, name));
  const layer = join(work, 'layer.tar');
  await run('tar', ['-cf', layer, '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '-C', root, name, 'tmp']);
  return readFile(layer);
}
