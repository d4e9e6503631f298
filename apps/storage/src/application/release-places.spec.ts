import {ReleasePlaces} from './release-places.js';

const busy = expect.objectContaining({code: 'busy', retryAfterSeconds: 2}) as Error;

describe('ReleasePlaces', () => {
  it('are so many of one reader and so many of all', () => {
    const places = new ReleasePlaces({all: 3, ofOne: 2});
    places.take('a');
    places.take('a');
    expect(() => places.take('a')).toThrow(busy);
    places.take('b');
    expect(() => places.take('b')).toThrow(busy);
    expect(places.taken).toBe(3);
  });

  it('are given back once, whoever says it twice', () => {
    const places = new ReleasePlaces({all: 2, ofOne: 1});
    const giveBack = places.take('a');
    places.take('b');
    giveBack();
    giveBack();
    expect(places.taken).toBe(1);
    places.take('a');
    expect(() => places.take('c')).toThrow(busy);
    expect(places.taken).toBe(2);
  });
});
