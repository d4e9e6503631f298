import {describe, expect, it} from '@jest/globals';
import {LOCAL} from '../../test/support/plans.js';
import {parsePlan} from './plan.js';

const text = (changes: object) => JSON.stringify({...LOCAL, ...changes});

describe('parsePlan', () => {
  it('takes a plan of the chart', () => {
    expect(parsePlan(text({}))).toEqual(LOCAL);
  });

  it.each([
    ['a setting that is none', {extra: 1}, 'plan: '],
    ['a name that Kubernetes does not take', {configMap: 'A_b'}, 'configMap: not a name'],
    [
      'an organisation that is not in the list',
      {validators: [{organisation: 2, secret: 's', address: 'h:1'}]},
      'not in the list',
    ],
    ['an address without a port', {validators: [{organisation: 0, secret: 's', address: 'h'}]}, 'validators.0.address'],
  ])('refuses %s', (_what, changes, fault) => {
    expect(() => parsePlan(text(changes))).toThrow(fault);
  });

  it('refuses what is no JSON', () => {
    expect(() => parsePlan('{')).toThrow('no JSON');
  });
});
