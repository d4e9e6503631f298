import fc from 'fast-check';
import {inTurn, takeTurns} from './take-turns.js';
import type {Waiting} from './take-turns.js';

const lane = (device: string, count: number, room = 1_000) => ({
  device,
  room,
  entries: Array.from({length: count}, (_, index) => `${device}${String(index)}`),
});
const owner = (lanes: Waiting<string>['lanes'], room = 1_000): Waiting<string> => ({room, lanes});

describe('takeTurns', () => {
  it('takes of each owner one, of each a second, and of her devices by turns', () => {
    const owners = [owner([lane('a', 3), lane('b', 1)]), owner([lane('c', 1)]), owner([lane('d', 2)])];
    expect(takeTurns(owners, 200)).toEqual(['a0', 'c0', 'd0', 'b0', 'd1', 'a1', 'a2']);
    expect(takeTurns(owners, 4)).toEqual(['a0', 'c0', 'd0', 'b0']);
  });

  it('takes no more than owner and device have room for; registrations of a device share its room', () => {
    expect(takeTurns([owner([lane('a', 9)], 2), owner([lane('b', 9, 1), lane('c', 9)])], 6)).toEqual([
      'a0',
      'b0',
      'a1',
      'c0',
      'c1',
      'c2',
    ]);
    expect(takeTurns([owner([lane('a', 2, 3), lane('a', 2, 3)])], 9)).toHaveLength(3);
    expect(takeTurns([owner([lane('a', 2, 0)]), owner([lane('b', 2)], 0)], 9)).toEqual([]);
  });

  it('gives every owner with room an entry before anybody gets a second, whatever they have waiting', () => {
    const lanes = fc.array(fc.tuple(fc.integer({min: 1, max: 300}), fc.integer({min: 0, max: 5})), {
      minLength: 1,
      maxLength: 4,
    });
    const owners = fc.array(fc.tuple(lanes, fc.integer({min: 0, max: 400})), {minLength: 1, maxLength: 25});
    fc.assert(
      fc.property(owners, fc.integer({min: 25, max: 200}), (given, most) => {
        const waiting = given.map(([hers, room], whose) =>
          owner(
            hers.map(([count, ofDevice], index) => lane(`${String(whose)}/${String(index)}/`, count, ofDevice)),
            room,
          ),
        );
        const taken = takeTurns(waiting, most);
        const able = waiting.flatMap(({room, lanes: hers}, whose) =>
          room > 0 && hers.some((one) => one.room > 0) ? [String(whose)] : [],
        );
        expect(new Set(taken).size).toBe(taken.length);
        expect(taken.length).toBeLessThanOrEqual(most);
        expect(taken.slice(0, able.length).map((entry) => entry.split('/')[0])).toEqual(able);
      }),
    );
  });
});

describe('inTurn', () => {
  it('lets each lane come first once in as many rounds as there are lanes', () => {
    const lanes = ['a', 'b', 'c'];
    expect([0, 1, 2, 3].map((round) => inTurn(lanes, round, 2))).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
      ['a', 'b'],
    ]);
    expect(inTurn([], 7, 2)).toEqual([]);
  });
});
