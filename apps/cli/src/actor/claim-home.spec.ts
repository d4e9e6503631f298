import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {claimHome} from './claim-home.js';
import {Home} from './home.js';
import {ownIdentity} from './process-identity.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-claim-'));
afterAll(() => rmSync(dir, {recursive: true}));

describe('a home that one process changes', () => {
  const own = JSON.stringify(ownIdentity());
  let path: string;
  let homes = 0;
  beforeEach(() => {
    path = join(dir, `${++homes}.lock`);
  });
  const claimedBy = (holder: object | string): void => {
    writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify({...ownIdentity(), ...holder}));
  };
  const locked = (told: string) => ({code: 'file-locked', message: expect.stringContaining(told)});

  it('is claimed by one at a time; the other waits, and says whom for', async () => {
    await claimHome(path, {waitMs: 0});
    await expect(claimHome(path, {waitMs: 0})).rejects.toMatchObject(locked(String(process.pid)));
    // Who lives is not pushed aside.
    await expect(claimHome(path, {waitMs: 0, takeOver: true})).rejects.toMatchObject(locked(String(process.pid)));
  });

  it('is free again when its process was killed', async () => {
    const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    claimedBy({pid: killed.pid, startedAt: ''});
    await expect(claimHome(path, {waitMs: 0})).rejects.toMatchObject({code: 'file-locked'});
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await claimHome(path, {waitMs: 1_000});
    expect(readFileSync(path, 'utf8')).toBe(own);
  });

  it('is free when its process is gone and another one has its number, as every first one in a container', async () => {
    claimedBy({startedAt: '1'});
    await claimHome(path, {waitMs: 1_000});
    expect(readFileSync(path, 'utf8')).toBe(own);
  });

  it.each([
    ['of another container', {place: 'boot pid:[1]', host: 'vv-0'}, 'on vv-0'],
    ['of before a restart, or of another machine', {place: 'other pid:[1]', host: 'ward-3'}, 'on ward-3'],
    ['that a power cut left empty', '', 'somebody unknown'],
    ['that is no claim', '4711', 'somebody unknown'],
  ])('is not taken from a claim %s unless that is asked for', async (_, holder, told) => {
    claimedBy(holder);
    const before = readFileSync(path, 'utf8');
    await expect(claimHome(path, {waitMs: 0})).rejects.toMatchObject({
      ...locked(told),
      remedy: expect.stringContaining('--take-over'),
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
    await claimHome(path, {waitMs: 1_000, takeOver: true});
    expect(readFileSync(path, 'utf8')).toBe(own);
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
