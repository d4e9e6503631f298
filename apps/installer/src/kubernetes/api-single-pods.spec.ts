import {describe, expect, it} from '@jest/globals';
import type {ApiCall} from './api-call.js';
import {ApiSinglePods} from './api-single-pods.js';

const SET = '/apis/apps/v1/namespaces/ns/statefulsets/v-0';
const POD = '/api/v1/namespaces/ns/pods/v-0-0';
const set = (generation: number, observedGeneration: number) => ({
  metadata: {generation},
  status: {observedGeneration, updateRevision: 'v-0-new'},
});
const pod = (ready: string, more = {}) => ({
  metadata: {uid: 'u1', labels: {'controller-revision-hash': 'v-0-old'}, ...more},
  status: {
    conditions: [
      {type: 'PodScheduled', status: 'True'},
      {type: 'Ready', status: ready},
    ],
  },
});

function api(objects: Record<string, object>, deletion = 200): {pods: ApiSinglePods; sent: unknown[]} {
  const sent: unknown[] = [];
  const call: ApiCall = (method, path, body) => {
    if (method !== 'GET') sent.push([method, path, body]);
    if (method === 'DELETE') return Promise.resolve({status: deletion, body: '{}'});
    return Promise.resolve(
      objects[path] === undefined ? {status: 404, body: '{}'} : {status: 200, body: JSON.stringify(objects[path])},
    );
  };
  return {pods: new ApiSinglePods(call, 'ns'), sent};
}

describe('a StatefulSet of one pod', () => {
  it('wants the revision that Kubernetes has made of its last change', async () => {
    expect(await api({[SET]: set(3, 3), [POD]: pod('True')}).pods.look('v-0')).toEqual({
      wanted: 'v-0-new',
      pod: {uid: 'u1', revision: 'v-0-old', ready: true},
    });
    expect(await api({[SET]: set(4, 3), [POD]: pod('False')}).pods.look('v-0')).toEqual({
      pod: {uid: 'u1', revision: 'v-0-old', ready: false},
    });
  });

  it('has no pod for a while, and one that ends is not ready', async () => {
    expect(await api({[SET]: set(1, 1)}).pods.look('v-0')).toEqual({wanted: 'v-0-new'});
    expect(
      (await api({[SET]: set(1, 1), [POD]: pod('True', {deletionTimestamp: '2027-01-01T00:00:00Z'})}).pods.look('v-0'))
        .pod?.ready,
    ).toBe(false);
  });

  it('must be there', async () => {
    await expect(api({}).pods.look('v-0')).rejects.toThrow('no StatefulSet v-0');
  });

  it('loses the pod that was looked at, and no other', async () => {
    const {pods, sent} = api({});
    await pods.end('v-0', 'u1');
    expect(sent).toEqual([['DELETE', POD, {apiVersion: 'v1', kind: 'DeleteOptions', preconditions: {uid: 'u1'}}]]);
    await api({}, 409).pods.end('v-0', 'u1');
    await expect(api({}, 403).pods.end('v-0', 'u1')).rejects.toThrow('403 to "delete pod v-0-0"');
  });
});
