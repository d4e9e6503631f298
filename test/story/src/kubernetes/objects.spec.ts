import {describe, expect, it} from '@jest/globals';
import {podList, secretBehind, writableDirectories} from './objects.js';

const [pod] = podList.parse({
  items: [
    {
      metadata: {name: 'validator-0'},
      spec: {
        initContainers: [{name: 'abci'}],
        containers: [
          {
            name: 'cometbft',
            volumeMounts: [
              {name: 'data', mountPath: '/data'},
              {name: 'keys', mountPath: '/keys'},
              {name: 'tmp', mountPath: '/tmp'},
            ],
          },
          {name: 'other', volumeMounts: [{name: 'data', mountPath: '/elsewhere'}]},
        ],
        volumes: [
          {name: 'data', persistentVolumeClaim: {}},
          {name: 'tmp', emptyDir: {}},
          {name: 'keys', secret: {secretName: 'validator-0-key'}},
        ],
      },
      status: {},
    },
  ],
}).items;
if (pod === undefined) throw new Error('no pod');

describe('what a pod may write', () => {
  it('is every claim and empty directory, once, and no Secret', () => {
    expect(writableDirectories(pod)).toEqual([
      {container: 'cometbft', path: '/data'},
      {container: 'cometbft', path: '/tmp'},
    ]);
  });
});

describe('the Secret behind a file of a pod', () => {
  it('is found by the mount, the key being the name of the file', () => {
    expect(secretBehind(pod.spec, '/keys/node_key.json')).toEqual({secret: 'validator-0-key', key: 'node_key.json'});
  });

  it('is none where no Secret is mounted', () => {
    expect(secretBehind(pod.spec, '/data/node_key.json')).toBeUndefined();
    expect(secretBehind(pod.spec, '/keysnot/node_key.json')).toBeUndefined();
    expect(secretBehind(pod.spec, '')).toBeUndefined();
  });
});
