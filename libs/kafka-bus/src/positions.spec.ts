import {Positions} from './positions.js';

const stored = (next: bigint | undefined): Positions => new Positions({load: () => Promise.resolve(next)});

describe('Positions', () => {
  it('goes back to where the database is when Kafka is ahead of it', async () => {
    const positions = stored(5n);
    expect(await positions.seekTarget('t', 0, 9n)).toBe(5n);
  });

  it('accepts a gap after it asked once: Kafka does not have those records any more', async () => {
    const positions = stored(5n);
    await positions.seekTarget('t', 0, 9n);
    expect(await positions.seekTarget('t', 0, 9n)).toBeUndefined();
  });

  it('takes a batch that begins earlier; what was handled is left out by offset', async () => {
    const positions = stored(5n);
    expect(await positions.seekTarget('t', 0, 3n)).toBeUndefined();
    expect(positions.next('t', 0)).toBe(5n);
  });

  it('never goes back', async () => {
    const positions = stored(5n);
    await positions.load('t', 0);
    positions.advance('t', 0, 8n);
    positions.advance('t', 0, 6n);
    expect(positions.next('t', 0)).toBe(8n);
  });

  it('looks again after a new assignment', async () => {
    let next = 5n;
    const positions = new Positions({load: () => Promise.resolve(next)});
    await positions.load('t', 0);
    next = 7n;
    expect(await positions.load('t', 0)).toBe(5n);
    positions.reset();
    expect(await positions.load('t', 0)).toBe(7n);
  });

  it('keeps partitions apart', async () => {
    const positions = stored(undefined);
    positions.advance('t', 1, 4n);
    expect(await positions.load('t', 11)).toBeUndefined();
  });
});
