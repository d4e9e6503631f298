import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {FileNonceStore} from './file-nonce-store.js';
import {Home} from './home.js';
import {ownIdentity} from './process-identity.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-stores-'));
afterAll(() => rmSync(dir, {recursive: true}));

describe('nonces in a file', () => {
  it('are never given twice, by several stores at once and after a restart', async () => {
    const path = join(dir, 'n1.json');
    const [a, b] = [new FileNonceStore(path), new FileNonceStore(path)];
    const given = await Promise.all(Array.from({length: 20}, (_, i) => (i % 2 === 0 ? a : b).next('k')));
    given.push(await new FileNonceStore(path).next('k'));
    expect([...given].sort((x, y) => Number(x - y))).toEqual(Array.from({length: 21}, (_, i) => BigInt(i + 1)));
  });

  it('jump when the ledger has seen higher ones', async () => {
    const store = new FileNonceStore(join(dir, 'n2.json'));
    expect([await store.next('k'), await store.next('k', 40n), await store.next('k', 3n)]).toEqual([1n, 40n, 41n]);
  });

  it('are counted for each key by itself: the one that takes its place begins with 1', async () => {
    const store = new FileNonceStore(join(dir, 'n5.json'));
    expect([await store.next('old', 5_000n), await store.next('new'), await store.next('old')]).toEqual([
      5_000n,
      1n,
      5_001n,
    ]);
  });

  it('refuse a damaged file rather than begin again', async () => {
    const path = join(dir, 'n3.json');
    writeFileSync(path, '{"last":');
    await expect(new FileNonceStore(path).next('k')).rejects.toMatchObject({code: 'file-damaged'});
  });

  it('do not wait for a lock whose process died', async () => {
    const path = join(dir, 'n4.json');
    writeFileSync(`${path}.lock`, JSON.stringify({...ownIdentity(), startedAt: '1'}));
    expect(await new FileNonceStore(path).next('k')).toBe(1n);
  });

  it('wait for a lock whose process lives, however old it is: a laptop may have slept', async () => {
    const path = join(dir, 'n6.json');
    const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(`${path}.lock`, JSON.stringify({...ownIdentity(), pid: sleeper.pid, startedAt: ''}));
    utimesSync(`${path}.lock`, new Date(0), new Date(0));
    let given: bigint | undefined;
    const waiting = new FileNonceStore(path).next('k').then((nonce) => (given = nonce));
    await sleep(300);
    expect(given).toBeUndefined();
    sleeper.kill('SIGKILL');
    expect(await waiting).toBe(1n);
  });
});

describe('home of an actor', () => {
  const passphrase = (text: string) => () => Promise.resolve(text);
  const card = {kind: 'patient', id: 'ab'.repeat(20), chainId: 'c'} as const;
  const home = new Home(join(dir, 'home'), passphrase('correct horse'));
  beforeAll(() => home.create(card, {signing: 'secret-of-hers'}, '{"genesis":1}'));

  it('keeps secrets encrypted and gives them back', async () => {
    expect(await home.secrets('patient')).toEqual({signing: 'secret-of-hers'});
    expect(readFileSync(join(home.dir, 'keys.json'), 'utf8')).not.toContain('secret-of-hers');
    expect(statSync(home.dir).mode & 0o777).toBe(0o700);
  });

  it('is never overwritten', async () => {
    await expect(home.create(card, {}, '')).rejects.toMatchObject({code: 'home-taken'});
  });

  it('says whose it is when another kind of actor is asked for', async () => {
    await expect(home.secrets('device')).rejects.toMatchObject({code: 'wrong-actor'});
  });

  it('does not open with another passphrase', async () => {
    await expect(new Home(home.dir, passphrase('another one')).secrets('patient')).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
  });

  it('is missed with a remedy, whatever is asked of it first, and not made', async () => {
    const nobody = () => new Home(join(dir, 'nobody'), passphrase(''));
    const missing = expect.objectContaining({code: 'home-missing'});
    expect(() => nobody().card).toThrow(missing);
    expect(() => nobody().file('device.json', {})).toThrow(missing);
    await expect(nobody().claim()).rejects.toEqual(missing);
    await expect(nobody().secrets('patient')).rejects.toEqual(missing);
    expect(existsSync(join(dir, 'nobody'))).toBe(false);
  });
});
