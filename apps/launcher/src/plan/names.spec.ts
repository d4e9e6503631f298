import {describe, expect, it} from '@jest/globals';
import {expandNames, processGroups, processNames, withOtherHalves} from './names.js';

describe('expandNames', () => {
  it('takes a validator apart into its application and its CometBFT, the application first', () => {
    expect(expandNames('validator-2', 4)).toEqual({names: ['abci-2', 'comet-2'], unknown: []});
  });

  it('puts a list into start order and names each process once', () => {
    expect(expandNames('cluster-0, kafka,ipfs-0,kafka', 4).names).toEqual(['kafka', 'kubo-0', 'cluster-0']);
  });

  it('reports what there is not: a validator beyond the last, a typing error', () => {
    expect(expandNames('kafka,validator-4,kafak', 4).unknown).toEqual(['validator-4', 'kafak']);
    expect(expandNames('validator-4', 5).unknown).toEqual([]);
  });

  it('knows no group that names a process which does not exist', () => {
    for (const n of [1, 4, 7]) {
      const names = processNames(n);
      for (const group of processGroups(n).values()) expect(names).toEqual(expect.arrayContaining(group));
    }
  });

  it('covers the system by engines, validators and services together', () => {
    expect(expandNames('engines,validators,services', 3).names).toEqual(expandNames('all', 3).names);
  });

  it('has those who watch a system only where they are named', () => {
    const watching = expandNames('observers', 3).names;
    expect(watching).toEqual(['zipkin', 'zipkin-feed', 'alertmanager', 'prometheus']);
    expect(expandNames('all', 3).names).not.toEqual(expect.arrayContaining([watching[0]]));
    expect([...watching, ...expandNames('all', 3).names]).toEqual(processNames(3));
  });
});

describe('withOtherHalves', () => {
  it('starts a CometBFT never without its application, nor the other way round', () => {
    expect(withOtherHalves(['comet-1'], 4)).toEqual(['abci-1', 'comet-1']);
    expect(withOtherHalves(['kafka', 'abci-3'], 4)).toEqual(['kafka', 'abci-3', 'comet-3']);
  });

  it('adds nothing to what has no other half', () => {
    expect(withOtherHalves(['kafka', 'cluster-0'], 4)).toEqual(['kafka', 'cluster-0']);
  });
});
