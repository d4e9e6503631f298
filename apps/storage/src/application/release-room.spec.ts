import {ReleaseRoom} from './release-room.js';

const PAGE = 16 * 1_048_576;
const busy = expect.objectContaining({code: 'busy', retryAfterSeconds: 2}) as Error;

describe('ReleaseRoom', () => {
  it('has four full pages, and room again as soon as one has left, which it does once', () => {
    const room = new ReleaseRoom();
    const taken = ['a', 'b', 'c', 'd'].map((reader) => room.enter(reader));
    for (const one of taken) one.hold(PAGE);
    const last = room.enter('e');
    expect(() => last.hold(1)).toThrow(busy);
    taken[0]?.leave();
    taken[0]?.leave();
    last.hold(PAGE);
    expect(() => taken[1]?.hold(1)).toThrow(busy);
    expect(() => taken[0]?.hold(0)).toThrow(busy);
  });

  it('has two of a reader, and sixteen in all', () => {
    const room = new ReleaseRoom();
    const hers = [room.enter('a'), room.enter('a')];
    expect(() => room.enter('a')).toThrow(busy);
    for (let n = 0; n < 14; n += 1) room.enter(`reader ${String(n)}`);
    expect(room.underWay).toBe(16);
    expect(() => room.enter('another')).toThrow(busy);
    hers[0]?.leave();
    room.enter('another');
    expect(() => room.enter('a')).toThrow(busy);
  });
});
