import {roomForPacks} from './room-for-packs.js';

const room = (...bytes: number[]) =>
  roomForPacks(
    {freeSpace: () => Promise.resolve(new Map(bytes.map((free, i) => [`peer-${i}`, free])))},
    {replicationMin: 2, peers: 3, warnBytes: 1_000_000},
  );

describe('roomForPacks', () => {
  it('has nothing to say while every peer has room', async () => {
    expect(await room(1_000_000, 5_000_000, 2 ** 45)).toEqual({});
  });

  it('tells of a peer that has little room, before it has none', async () => {
    expect(await room(999_999, 5_000_000, 2 ** 45)).toEqual({
      less: '1 of 3 IPFS peers have less than 1 MiB left: enlarge their volumes',
    });
  });

  it('tells of a full peer, and of one that was not heard of, while a pack still finds its copies', async () => {
    expect((await room(1, 0, 1)).less).toBe(
      '2 of 3 IPFS peers can take a pack (no space at peer-1: enlarge the volume)',
    );
    expect((await room(1, 1)).less).toBe(
      '2 of 3 IPFS peers can take a pack (nothing heard of 1: look whether it runs)',
    );
  });

  it('says that nothing can be stored when fewer have room than a pack needs', async () => {
    expect((await room(0, 0, 7)).none).toMatch(
      /^1 of 3 IPFS peers can take a pack, and it needs 2 .no space at peer-0, peer-1/,
    );
    expect((await room()).none).toMatch(/^0 of 3/);
    expect((await room(Number.NaN, -1, 1)).none).toMatch(/^1 of 3/);
  });
});
