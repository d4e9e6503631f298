import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {claimHome} from './claim-home.js';
import {Home} from './home.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-claim-'));
afterAll(() => rmSync(dir, {recursive: true}));

describe('a home that one process changes', () => {
  it('is claimed by one at a time; the other waits, and says whom for', async () => {
    const path = join(dir, 'one.lock');
    await claimHome(path, 0);
    await expect(claimHome(path, 0)).rejects.toMatchObject({
      code: 'file-locked',
      message: expect.stringContaining(String(process.pid)),
    });
  });

  it('is free again when its process was killed', async () => {
    const path = join(dir, 'two.lock');
    const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(path, String(killed.pid));
    await expect(claimHome(path, 0)).rejects.toMatchObject({code: 'file-locked'});
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await claimHome(path, 1_000);
    expect(readFileSync(path, 'utf8')).toBe(String(process.pid));
  });

  it('keeps what another copy of it wrote meanwhile', async () => {
    const open = () => new Home(join(dir, 'home'), () => Promise.resolve('correct horse'));
    await open().create({kind: 'patient', id: 'ab'.repeat(20), chainId: 'c'}, {epochs: []}, '{}');
    const [one, two] = [open(), open()];
    await one.secrets('patient');
    await two.secrets('patient');
    await one.writeSecrets({epochs: ['of one']});
    await expect(two.writeSecrets({epochs: ['of two']})).rejects.toMatchObject({code: 'home-changed'});
    expect(await open().secrets('patient')).toEqual({epochs: ['of one']});
    await one.writeSecrets({epochs: ['of one', 'and another']});
  });
});
