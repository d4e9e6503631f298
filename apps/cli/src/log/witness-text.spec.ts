import {witnessText} from './witness-text.js';

describe('who else gave the header of a log', () => {
  it('is named', () => {
    expect(
      witnessText({agreedBy: ['a', 'b'], unusable: [{name: 'c', reason: 'network'}], oneOrganisation: false}),
    ).toBe('a, b');
  });

  it('is nobody for sure, and whoever was asked in vain is named with the reason', () => {
    const unusable = [
      {name: 'other:1', reason: 'network'},
      {name: 'other:2', reason: 'not-found'},
    ];
    expect(witnessText({agreedBy: [], unusable, oneOrganisation: true})).toMatch(
      /^NOBODY ELSE for sure \(other:1 was not reached; other:2 gave none: not-found\): a fork/,
    );
    expect(witnessText({agreedBy: [], unusable: [], oneOrganisation: true})).toMatch(/^NOBODY ELSE for sure: a fork/);
  });
});
