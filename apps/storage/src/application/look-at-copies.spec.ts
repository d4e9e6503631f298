import {LookAtCopies} from './look-at-copies.js';

/** Packs by root, with how many peers hold each; undefined: one that should hold it does not answer. */
function looking(packs: Record<string, number | undefined>) {
  const asked: string[] = [];
  const held = new Map(Object.entries(packs));
  const sorted = (): string[] => [...held.keys()].sort((a, b) => (a < b ? -1 : 1));
  let away = false;
  const look = new LookAtCopies(
    {least: 2, stopping: new AbortController().signal},
    {
      roots: {
        nextPinned: (after) => {
          const root = sorted().find((one) => one > after);
          return Promise.resolve({root, after: root});
        },
        pinnedOf: (roots) => Promise.resolve(roots.filter((root) => held.has(root))),
      },
      packs: {
        copies: (root) => {
          asked.push(root);
          return away ? Promise.reject(new Error('away')) : Promise.resolve(held.get(root));
        },
      },
    },
  );
  const turns = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) expect(await look.execute()).toBe(false);
  };
  return {asked, held, look, turns, leave: (is: boolean) => (away = is)};
}

describe('LookAtCopies', () => {
  it('looks at one pack a turn, at all of them, and begins anew', async () => {
    const {asked, look, turns} = looking({a: 2, b: 3, c: 2});
    await turns(5);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
    expect(look.short).toEqual({belowMinimum: 0, nowhere: 0});
  });

  it('remembers what is short, looks at it again each turn, and forgets it when it is mended or unpinned', async () => {
    const {asked, held, look, turns} = looking({a: 1, b: 0, c: 2, d: 0, e: 2});
    await turns(4);
    expect(look.short).toEqual({belowMinimum: 1, nowhere: 2});
    expect(asked).toEqual(['a', 'a', 'b', 'a', 'b', 'c', 'a', 'b', 'd']);
    held.set('a', 2).set('b', 1).delete('d');
    await turns(1);
    expect(look.short).toEqual({belowMinimum: 1, nowhere: 0});
  });

  it('says nothing new of a pack whose peer does not answer', async () => {
    const {held, look, turns} = looking({a: 1, b: undefined});
    await turns(2);
    expect(look.short).toEqual({belowMinimum: 1, nowhere: 0});
    held.set('a', undefined);
    await turns(3);
    expect(look.short).toEqual({belowMinimum: 1, nowhere: 0});
  });

  it('goes on behind what it could not look at, and remembers what it knew', async () => {
    const {look, leave, turns} = looking({a: 0, b: 1});
    await turns(1);
    leave(true);
    await expect(look.execute()).rejects.toThrow('away');
    expect(look.short).toEqual({belowMinimum: 0, nowhere: 1});
    leave(false);
    await turns(2);
    expect(look.short).toEqual({belowMinimum: 1, nowhere: 1});
  });

  it('remembers a thousand', async () => {
    const {look, turns} = looking(Object.fromEntries(Array.from({length: 1_100}, (_, n) => [`p${10_000 + n}`, 1])));
    await turns(1_100);
    expect(look.short).toEqual({belowMinimum: 1_000, nowhere: 0});
  });
});
