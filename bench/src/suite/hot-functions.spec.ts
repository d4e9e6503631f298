import {hotFunctions} from './hot-functions.js';

const frame = (functionName: string, url = '') => ({functionName, url, lineNumber: 6, columnNumber: 1, scriptId: ''});

describe('hotFunctions', () => {
  it('adds up what was spent in each function, leaves out idleness and the profiler itself and names the place', () => {
    const profile = {
      nodes: [
        {id: 1, callFrame: frame('(idle)')},
        {id: 2, callFrame: frame('verify', 'file:///a/b/src/crypto/verify.ts')},
        {id: 3, callFrame: frame('')},
        {id: 4, callFrame: frame('verify', 'file:///a/b/src/crypto/verify.ts')},
        {id: 5, callFrame: frame('post', 'node:inspector')},
      ],
      samples: [1, 2, 3, 4, 5],
      timeDeltas: [1_000, 30, 20, 50, 400],
    };
    expect(hotFunctions([profile], 5, 'self')).toEqual([
      {name: 'verify src/crypto/verify.ts:7', share: 0.8},
      {name: 'anonymous', share: 0.2},
    ]);
    expect(hotFunctions([profile, profile], 1, 'self')).toHaveLength(1);
  });

  it('counts a function once for all that it calls, itself among them', () => {
    const profile = {
      nodes: [
        {id: 1, callFrame: frame('(root)'), children: [2]},
        {id: 2, callFrame: frame('outer'), children: [3, 4]},
        {id: 3, callFrame: frame('outer')},
        {id: 4, callFrame: frame('inner')},
      ],
      samples: [2, 3, 4],
      timeDeltas: [10, 20, 70],
    };
    expect(hotFunctions([profile], 5, 'total')).toEqual([
      {name: 'outer', share: 1},
      {name: 'inner', share: 0.7},
    ]);
  });
});
