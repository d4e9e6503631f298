import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Kubectl} from './kubectl.js';

/** Stands in for `kubectl exec … tar`: packs the directory, cut to so many bytes for the first `cuts` calls. */
function program(dir: string, cuts: number, bytes: number): string {
  const file = join(dir, 'kubectl');
  const script = `#!/bin/sh
n=$(cat "${dir}/calls" 2>/dev/null || echo 0); n=$((n + 1)); echo $n > "${dir}/calls"
if [ $n -le ${cuts} ]; then tar -cf - -C "${dir}/disk" . | head -c ${bytes}; else tar -cf - -C "${dir}/disk" .; fi
`;
  writeFileSync(file, script, {mode: 0o755});
  return file;
}

describe('copying a disk out of a pod', () => {
  let dir: string;
  const at = {pod: 'kafka-0', container: 'kafka'};

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vv-kubectl-'));
    mkdirSync(join(dir, 'disk'));
    writeFileSync(join(dir, 'disk', 'segment'), 'x'.repeat(5000));
  });
  afterEach(() => {
    rmSync(dir, {recursive: true});
  });

  it('asks anew when the stream ended early', async () => {
    const kubectl = new Kubectl({program: program(dir, 2, 2000), namespace: 'vitalvault'});
    await kubectl.copyOut(at, ['/var/lib/kafka'], join(dir, 'copy'));
    expect(readFileSync(join(dir, 'copy', 'segment'), 'utf8')).toHaveLength(5000);
  });

  // 512 is between two files: tar itself takes that for the end.
  it.each([512, 2000])('says so when it always ends after %d bytes', async (bytes) => {
    const kubectl = new Kubectl({program: program(dir, 99, bytes), namespace: 'vitalvault'});
    await expect(kubectl.copyOut(at, ['/var/lib/kafka'], join(dir, 'copy'))).rejects.toThrow(/early|Unexpected EOF/);
    expect(readFileSync(join(dir, 'calls'), 'utf8').trim()).toBe('3');
  });
});
