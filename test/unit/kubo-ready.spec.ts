import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const READY = join(import.meta.dirname, '..', '..', 'deploy/helm/vitalvault/files/kubo-ready.sh');

describe('the readiness of a kubo peer, with stand-ins for ipfs and df', () => {
  let bin: string;

  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'vv-kubo-ready-'));
    for (const [name, says] of Object.entries({ipfs: 'STAT', df: 'FREE'})) {
      await writeFile(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$${says}"\n`);
      await chmod(join(bin, name), 0o755);
    }
  });
  afterAll(() => rm(bin, {recursive: true}));

  const stat = (used: string, most: string): string => `RepoSize:   ${used}\nStorageMax: ${most}`;
  const df = (free: string): string => `Filesystem 1024-blocks Used Available Capacity\n/dev/sda1 9 9 ${free} 9% /data`;
  function probe(STAT: string, FREE: string): [code: number | null, said: string] {
    const env = {STAT, FREE, IPFS_PATH: '/data', PATH: `${bin}:${process.env['PATH']}`};
    const {status, stdout} = spawnSync('/bin/sh', [READY], {env, encoding: 'utf8'});
    return [status, stdout.split(':')[0] ?? ''];
  }

  it('is ready below StorageMax with room on the volume', () => {
    expect(probe(stat('399', '400'), df('65536'))).toEqual([0, '']);
  });

  it.each([
    ['its blocks have reached StorageMax', stat('400', '400'), df('65536')],
    ['its volume is full', stat('1', '400'), df('65535')],
  ])('is not ready when %s', (_what, ...said) => {
    expect(probe(...said)).toEqual([1, 'full']);
  });

  it.each([
    ['nothing', '', df('65536')],
    ['no StorageMax', 'RepoSize: 5', df('65536')],
    ['sizes with units', stat('5.3GB', '4GB'), df('65536')],
    ['a size that went below zero', stat('18446744073709551615', '400'), df('65536')],
    ['other words', 'Repo size: 500\nStorage max: 400', df('65536')],
    ['free space in words', stat('1', '400'), df('lots')],
    ['a device with a blank in its name', stat('1', '400'), `h\nmy disk 9 9 0 9% /data`],
  ])('is not ready when it is told %s', (_what, ...said) => {
    expect(probe(...said)).toEqual([1, 'unknown']);
  });
});
