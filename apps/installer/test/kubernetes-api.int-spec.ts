import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals';
import {testCertificates} from '@vitalvault/testkit';
import {writeFileSync} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ensureIdentities} from '../src/identities/ensure-identities.js';
import {apiCalls} from '../src/kubernetes/api-call.js';
import {ApiObjects} from '../src/kubernetes/api-objects.js';
import {LOCAL} from './support/plans.js';
import {FakeApiServer} from './fake-api-server.js';
import type {Fault} from './fake-api-server.js';

const ALL = 17;
let dir: string;
let account: string;
let tls: {cert: string; key: string};
let server: FakeApiServer;
let port: number;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-api-'));
  account = join(dir, 'account');
  await mkdir(account);
  const files = await testCertificates(dir);
  await copyFile(files.ca, join(account, 'ca.crt'));
  tls = {cert: await readFile(files.certificate, 'utf8'), key: await readFile(files.key, 'utf8')};
});
afterAll(async () => {
  await rm(dir, {recursive: true});
});

beforeEach(async () => {
  server = new FakeApiServer(tls);
  port = await server.start();
  await writeFile(join(account, 'token'), 'first\n');
});
afterEach(async () => {
  await server.stop();
});

function install(accountDir = account): Promise<void> {
  const call = apiCalls({host: '127.0.0.1', port}, accountDir, 1);
  return ensureIdentities(LOCAL, {
    store: new ApiObjects(call, {namespace: 'ns', labels: {a: 'b'}, annotations: {}}),
    now: () => new Date(1_800_000_000_000),
    say: () => undefined,
  });
}

const kept = () => new Map([...server.objects].map(([name, {data}]) => [name, data]));

/** The first attempt of the n-th request and all its repetitions. */
const from = (n: number, fault: Fault, times = 6) =>
  new Map(Array.from({length: times}, (_, i) => [n + i, fault] as const));

describe('an installation over the Kubernetes API', () => {
  it('makes everything once, and a second run changes nothing', async () => {
    await install();
    expect(server.objects.size).toBe(ALL);
    expect(server.objects.get('secrets/r-validator-0')).toMatchObject({kind: 'Secret', metadata: {labels: {a: 'b'}}});
    const before = kept();
    await install();
    expect(kept()).toEqual(before);
  });

  it('goes with the token as Kubernetes renews it', async () => {
    server.onRequest = (verb, name) => {
      if (`${verb} ${name}` !== 'create r-org0-admin') return;
      server.token = 'second';
      writeFileSync(join(account, 'token'), 'second\n');
    };
    await install();
    expect(server.token).toBe('second');
    expect(server.objects.size).toBe(ALL);
  });

  it.each<[string, Fault]>([
    ['ended before it has an effect', 'cut-before'],
    ['done, its answer lost', 'cut-after'],
    ['answered 500', 500],
    ['answered 429', 429],
  ])('each request %s is made again, and nothing is made twice', async (_, fault) => {
    await install();
    const requests = server.requests;
    for (let n = 0; n < requests; n += 3) {
      server.objects.clear();
      [server.requests, server.faults] = [0, from(n, fault, 2)];
      await install();
      expect(server.objects.size).toBe(ALL);
    }
  });

  it('cut off for good at any request and run again, it has the same keys as before', async () => {
    await install();
    const requests = server.requests;
    for (let n = 0; n < requests; n += 2) {
      server.objects.clear();
      [server.requests, server.faults] = [0, from(n, 'cut-after')];
      await expect(install()).rejects.toThrow('The Kubernetes API at 127.0.0.1');
      const before = kept();
      server.faults.clear();
      await install();
      expect(server.objects.size).toBe(ALL);
      for (const [name, data] of before) expect(kept().get(name)).toEqual(data);
    }
  });

  it('takes the key that another run made between its look and its own', async () => {
    await install();
    const theirs = kept().get('secrets/r-validator-0');
    server.objects.clear();
    server.onRequest = (verb, name) => {
      if (verb === 'create' && name === 'r-validator-0')
        server.objects.set('secrets/r-validator-0', {kind: 'Secret', metadata: {name, labels: {}}, data: theirs ?? {}});
    };
    await install();
    expect(kept().get('secrets/r-validator-0')).toEqual(theirs);
  });

  it.each([
    ['get secrets', /may not get secrets.*verb "get" on secrets/],
    ['create secrets', /may not create secrets.*verb "create" on secrets/],
    ['get configmaps', /verb "get" on configmaps/],
    ['create configmaps', /verb "create" on configmaps/],
  ])('says that its Role lacks %s', async (right, words) => {
    server.allowed.delete(right);
    await expect(install()).rejects.toThrow(words);
  });

  it('says that its token is not taken', async () => {
    server.token = 'another';
    await expect(install()).rejects.toThrow('does not accept the token');
  });

  it('says that the server is not well, without what it had sent', async () => {
    server.faults = from(0, 503);
    await expect(install()).rejects.toThrow('answers 503');
  });

  it("speaks only to the server that the cluster's authority signed", async () => {
    const other = join(dir, 'other');
    const {ca} = await testCertificates(other);
    await copyFile(ca, join(other, 'ca.crt'));
    await writeFile(join(other, 'token'), 'first');
    await expect(install(other)).rejects.toThrow(/certificate/);
    expect(server.requests).toBe(0);
  });
});
