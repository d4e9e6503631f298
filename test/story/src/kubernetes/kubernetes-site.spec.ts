import {mkdirSync, readFileSync, readdirSync, statSync, existsSync, writeFileSync, appendFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {readEndpoints} from '../endpoints.js';
import {flatfsFile} from '../flatfs.js';
import type {KubernetesSite} from './kubernetes-site.js';
import {openKubernetesSite} from './open-kubernetes-site.js';
import {FakeKubectl} from './testing/fake-kubectl.js';

const CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
const fake = new FakeKubectl();
const data = join(fake.dir, 'data');
const disk = join(fake.dir, 'disk');

const labels = (component: string) => ({
  'app.kubernetes.io/instance': 'demo',
  'app.kubernetes.io/component': component,
});
const service = (part: string, clusterIP = '127.0.0.1') => ({
  metadata: {name: `demo-vitalvault-${part}`, labels: labels(part.replace(/-\d+$/, ''))},
  spec: {clusterIP},
});
function pod(
  name: string,
  component: string,
  more: object = {containerStatuses: [{name: 'main', restartCount: 0, state: {running: {}}}]},
) {
  return {
    metadata: {name: `demo-vitalvault-${name}`, namespace: 'hospital', labels: labels(component)},
    spec: {
      nodeName: 'node-a',
      containers: [
        {
          name: 'main',
          volumeMounts: [
            {name: 'data', mountPath: disk},
            {name: 'settings', mountPath: '/etc/settings', readOnly: true},
          ],
        },
      ],
      volumes: [
        {name: 'data', persistentVolumeClaim: {claimName: 'data'}},
        {name: 'settings', configMap: {name: 'settings'}},
      ],
    },
    status: {podIP: '', conditions: [{type: 'Ready', status: 'True'}], ...more},
  };
}

function cluster(): void {
  fake.has('services', {
    items: [
      'ingest',
      'policy',
      'storage',
      'notify',
      'otel',
      'kafka',
      'postgres',
      'validator-0',
      'validator-1',
      'validator-10',
    ]
      .map((part) => service(part))
      .concat(service('ipfs', 'None')),
  });
  fake.has('pods', {
    items: [
      pod('ingest-5d9', 'ingest'),
      pod('validator-1-0', 'validator'),
      pod('ipfs-0', 'ipfs'),
      pod('otel-77', 'otel'),
      pod('kafka-0', 'kafka', {
        conditions: [{type: 'Ready', status: 'False'}],
        containerStatuses: [{name: 'main', restartCount: 2, state: {waiting: {reason: 'CrashLoopBackOff'}}}],
        initContainerStatuses: [{name: 'format', restartCount: 0, state: {terminated: {}}}],
      }),
    ],
  });
  fake.has('configmap.demo-vitalvault-consortium', {
    metadata: {name: 'c'},
    data: {
      'chain-id': 'vv-test',
      organisation: 'ab'.repeat(20),
      'organisations.json': JSON.stringify([{id: 'ab'.repeat(20), name: 'Hospital North'}]),
      'genesis.json': '{"genesis":1}',
    },
  });
  fake.has('secret.demo-vitalvault-key-sponsor', {data: {'key.json': Buffer.from('{"alg":1}').toString('base64')}});
  fake.has('secret.db', {data: {'policy-password': Buffer.from('p@ss/word\n').toString('base64')}});
  fake.has('deployment.demo-vitalvault-policy', {
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'policy',
              volumeMounts: [
                {name: 'all', mountPath: '/secrets'},
                {name: 'db', mountPath: '/secrets/db'},
              ],
              env: [
                {
                  name: 'VITALVAULT_DATABASE_URL',
                  value: 'postgresql://vv_policy@demo-vitalvault-postgres:5432/vv_policy',
                },
                {name: 'VITALVAULT_DATABASE_PASSWORD_FILE', value: '/secrets/db/password'},
                {
                  name: 'VITALVAULT_CHAIN_ID',
                  valueFrom: {configMapKeyRef: {name: 'demo-vitalvault-consortium', key: 'chain-id'}},
                },
              ],
            },
          ],
          volumes: [
            {
              name: 'db',
              projected: {
                sources: [
                  {secret: {name: 'ca', items: [{key: 'ca', path: 'ca.crt'}]}},
                  {secret: {name: 'db', items: [{key: 'policy-password', path: 'password'}]}},
                ],
              },
            },
            {name: 'all', emptyDir: {}},
          ],
        },
      },
    },
  });
  fake.has('stats', {
    pods: [
      {
        podRef: {name: 'demo-vitalvault-ingest-5d9', namespace: 'hospital'},
        containers: [{memory: {workingSetBytes: 3 * 1024 * 1024}}, {}],
      },
      {
        podRef: {name: 'demo-vitalvault-ingest-5d9', namespace: 'another'},
        containers: [{memory: {workingSetBytes: 500 * 1024 * 1024}}],
      },
      {podRef: {name: 'stranger', namespace: 'hospital'}, containers: [{memory: {workingSetBytes: 500 * 1024 * 1024}}]},
    ],
  });
}

describe('a release as the site of the story', () => {
  let site: KubernetesSite;

  beforeAll(async () => {
    cluster();
    mkdirSync(disk);
    site = await openKubernetesSite({namespace: 'hospital', release: 'demo', kubectl: fake.program}, data);
  });

  afterAll(() => {
    fake.remove();
  });

  it('is written down as endpoints with its genesis; what this machine cannot route to is forwarded', () => {
    const endpoints = readEndpoints(data);
    expect(endpoints).toMatchObject({
      chainId: 'vv-test',
      organisation: 'ab'.repeat(20),
      services: {ingest: 'http://127.0.0.1:48080'},
    });
    expect(endpoints.validators).toHaveLength(3);
    expect(endpoints.ipfsCluster).toHaveLength(1);
    expect(readFileSync(join(data, 'genesis.json'), 'utf8')).toBe('{"genesis":1}');
  });

  it('lays out the sponsor key of the own organisation for its owner alone', () => {
    expect(JSON.parse(readFileSync(site.sponsorKey(), 'utf8'))).toEqual({alg: 1});
    expect(statSync(site.sponsorKey()).mode & 0o777).toBe(0o600);
  });

  it('reaches PostgreSQL as policy does, with the password of its Secret', () => {
    const url = new URL(site.postgres());
    expect([url.username, decodeURIComponent(url.password), url.hostname, url.pathname]).toEqual([
      'vv_policy',
      'p@ss/word',
      '127.0.0.1',
      '/vv_policy',
    ]);
  });

  it('names what is ready as the story does', async () => {
    expect(await site.running()).toEqual(['ingest', 'ipfs-0', 'otel', 'validator-1']);
  });

  it('kills a validator so that the API waits for its processes, and starts it again', async () => {
    await site.kill('validator-1');
    await site.start('validator-1');
    expect(fake.calls.slice(-4)).toEqual([
      'scale statefulset demo-vitalvault-validator-1 --replicas=0',
      'delete pod demo-vitalvault-validator-1-0 --grace-period=1 --ignore-not-found --timeout=180s',
      'scale statefulset demo-vitalvault-validator-1 --replicas=1',
      'rollout status statefulset/demo-vitalvault-validator-1 --timeout=180s',
    ]);
  });

  it('copies the disk of every pod of a store, and nothing that is only read', async () => {
    writeFileSync(join(disk, 'segment.log'), 'bytes of a store');
    const [dir = ''] = await site.contents('ipfs');
    expect(readFileSync(join(dir, 'demo-vitalvault-ipfs-0', disk, 'segment.log'), 'utf8')).toBe('bytes of a store');
    expect(readdirSync(dir)).toEqual(['demo-vitalvault-ipfs-0']);
    const chain = await site.contents('chain');
    expect(existsSync(join(chain[0] ?? '', 'demo-vitalvault-validator-1-0', disk, 'segment.log'))).toBe(true);
  });

  it('copies the log of every container, of restarted ones the one before as well', async () => {
    const [dir = ''] = await site.contents('logs');
    expect(readdirSync(dir).filter((name) => name.includes('kafka'))).toEqual([
      'demo-vitalvault-kafka-0.format.log',
      'demo-vitalvault-kafka-0.main.before.log',
    ]);
    expect(readdirSync(dir)).toContain('demo-vitalvault-otel-77.main.log');
  });

  it('reads and writes a block byte for byte; a block that a peer has not is undefined', async () => {
    expect(await site.readBlock(0, CID)).toBeUndefined();
    const bytes = Buffer.from(Array.from({length: 256}, (_, n) => n));
    mkdirSync(dirname(flatfsFile(join(fake.dir, 'repo'), CID)), {recursive: true});
    await site.writeBlock(0, CID, bytes);
    expect(await site.readBlock(0, CID)).toEqual(bytes);
  });

  it("follows the Collector's file without fetching it anew", async () => {
    writeFileSync(join(disk, 'traces.jsonl'), '{"a":1}\n');
    expect(readFileSync(await site.spansFile(), 'utf8')).toBe('{"a":1}\n');
    appendFileSync(join(disk, 'traces.jsonl'), '{"b":2}\n');
    expect(readFileSync(await site.spansFile(), 'utf8')).toBe('{"a":1}\n{"b":2}\n');
    expect(fake.calls.at(-1)).toContain('tail -c +9 ');
  });

  it('counts the memory of its own pods only', async () => {
    expect(await site.memory()).toMatchObject({mebibytes: 3});
  });

  it('takes keys and copies away at the end', () => {
    site.close();
    expect(existsSync(join(data, 'keys'))).toBe(false);
    expect(existsSync(join(data, 'stores'))).toBe(false);
  });

  it('says what is missing', async () => {
    await expect(
      openKubernetesSite({namespace: 'hospital', release: 'demo', kubectl: '/nowhere/kubectl'}, data),
    ).rejects.toMatchObject({name: 'StoryError', message: expect.stringContaining('cannot be started')});
    fake.has('services', {items: []});
    await expect(
      openKubernetesSite({namespace: 'hospital', release: 'demo', kubectl: fake.program}, data),
    ).rejects.toMatchObject({name: 'StoryError', message: expect.stringContaining('no release demo')});
  });
});
