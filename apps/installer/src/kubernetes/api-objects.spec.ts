import {describe, expect, it} from '@jest/globals';
import {ApiObjects} from './api-objects.js';
import type {ApiAnswer} from './api-call.js';

const marks = {namespace: 'ns', labels: {a: 'b'}, annotations: {'helm.sh/resource-policy': 'keep'}};

/** Answers one call after the other, and keeps what it was asked. */
function api(...answers: [status: number, body: unknown][]): {objects: ApiObjects; asked: unknown[][]} {
  const asked: unknown[][] = [];
  const call = (...request: unknown[]): Promise<ApiAnswer> => {
    asked.push(request);
    const [status, body] = answers[asked.length - 1] ?? [500, {}];
    return Promise.resolve({status, body: JSON.stringify(body)});
  };
  return {objects: new ApiObjects(call, marks), asked};
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const status = (message: string) => ({kind: 'Status', message});

describe('ApiObjects', () => {
  it('reads a Secret, whose values are base64, and a ConfigMap, whose values are not', async () => {
    const {objects, asked} = api([200, {data: {password: base64('pässword')}}], [200, {data: {'chain-id': 'c'}}]);
    expect(await objects.read('secret', 's')).toEqual({password: 'pässword'});
    expect(await objects.read('configmap', 'c')).toEqual({'chain-id': 'c'});
    expect(asked).toEqual([
      ['GET', '/api/v1/namespaces/ns/secrets/s'],
      ['GET', '/api/v1/namespaces/ns/configmaps/c'],
    ]);
  });

  it('quotes nothing of an answer that is no Secret', async () => {
    const objects = new ApiObjects(() => Promise.resolve({status: 200, body: '{"data":{"key.json":c2VjcmV0'}), marks);
    const reading = objects.read('secret', 's');
    await expect(reading).rejects.toThrow('something that is no secret');
    await expect(reading).rejects.not.toThrow('c2Vj');
  });

  it('tells what is not there from what is empty', async () => {
    const {objects} = api([404, status('not found')], [200, {}]);
    expect([await objects.read('secret', 's'), await objects.read('secret', 's')]).toEqual([undefined, {}]);
  });

  it('looks whether a claim is there, and takes no other answer for none', async () => {
    const {objects, asked} = api([200, {}], [404, status('not found')], [403, status('because')]);
    expect([await objects.hasClaim('data-r-0'), await objects.hasClaim('data-r-0')]).toEqual([true, false]);
    expect(asked[0]).toEqual(['GET', '/api/v1/namespaces/ns/persistentvolumeclaims/data-r-0']);
    await expect(objects.hasClaim('data-r-0')).rejects.toThrow('verb "get" on persistentvolumeclaims');
  });

  it('makes a Secret with labels and annotations', async () => {
    const {objects, asked} = api([201, {}]);
    expect(await objects.create('secret', 's', {password: 'p'})).toEqual({password: 'p'});
    expect(asked[0]).toEqual([
      'POST',
      '/api/v1/namespaces/ns/secrets',
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        metadata: {name: 's', labels: marks.labels, annotations: marks.annotations},
        stringData: {password: 'p'},
      },
    ]);
  });

  it('takes what another has made in the meantime', async () => {
    const {objects} = api([409, status('exists')], [200, {data: {password: base64('theirs')}}]);
    expect(await objects.create('secret', 's', {password: 'ours'})).toEqual({password: 'theirs'});
  });

  it.each([
    [403, 'Give its Role the verb "get" on secrets'],
    [401, 'does not accept the token'],
    [422, 'answered 422 to "get secret s": because'],
  ])('explains %p', async (code, words) => {
    const {objects} = api([code, status('because')]);
    await expect(objects.read('secret', 's')).rejects.toThrow(words);
  });
});
