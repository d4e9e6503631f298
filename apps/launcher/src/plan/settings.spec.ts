import {afterEach, beforeEach, describe, expect, it} from '@jest/globals';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {layoutOf} from './layout.js';
import {readSettings, settleSettings} from './settings.js';

const idle = () => Promise.resolve(false);
const busy = () => Promise.resolve(true);
let dir: string;
const layout = () => layoutOf(join(dir, 'data'));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-settings-'));
});
afterEach(async () => {
  await rm(dir, {recursive: true});
});

describe('settleSettings', () => {
  it('leaves nothing behind for a process that there is not', async () => {
    await expect(settleSettings(layout(), {only: 'validators,kafak'}, idle)).rejects.toThrow('"kafak"');
    expect(await readSettings(layout())).toBeUndefined();
    expect(await settleSettings(layout(), {validators: 2}, idle)).toMatchObject({validators: 2});
    await expect(settleSettings(layout(), {only: 'comet-3'}, idle)).rejects.toThrow('"comet-3"');
  });

  it('keeps the chain id and the wishes of the first start for all later ones', async () => {
    const first = await settleSettings(layout(), {portBase: 30_000, validators: 2}, idle);
    expect(first).toMatchObject({portBase: 30_000, validators: 2});
    expect(first.chainId).toMatch(/^vitalvault-[0-9a-f]{6}$/);
    expect(await settleSettings(layout(), {}, idle)).toEqual(first);
    expect(await readSettings(layout())).toEqual(first);
  });

  it('makes four validators on the default ports of nothing', async () => {
    expect(await settleSettings(layout(), {}, idle)).toMatchObject({portBase: 26_600, validators: 4});
  });

  it('refuses another number of validators: theirs is in the genesis', async () => {
    await settleSettings(layout(), {validators: 2}, idle);
    await expect(settleSettings(layout(), {validators: 3}, idle)).rejects.toThrow('made for 2 validators');
  });

  it('refuses another room: it is in its genesis', async () => {
    const {capacity} = await settleSettings(layout(), {maxLeaves: 2_000_000}, idle);
    expect(capacity).toEqual({keys: 100_000, leaves: 2_000_000});
    expect((await settleSettings(layout(), {maxKeys: 100_000}, idle)).capacity).toEqual(capacity);
    await expect(settleSettings(layout(), {maxLeaves: 3_000_000}, idle)).rejects.toThrow(
      'made for 100000 keys and 2000000 leaves, not 100000 keys and 3000000 leaves',
    );
  });

  it('makes no ledger whose organisations have too little', async () => {
    await expect(settleSettings(layout(), {maxKeys: 47_999}, idle)).rejects.toThrow(
      'of 4 organisations and 4 validators needs room for 48000 keys and 600000 leaves at the least',
    );
    await expect(settleSettings(layout(), {maxLeaves: 599_999}, idle)).rejects.toThrow('say 100000 keys and 599999');
    await expect(readSettings(layout())).resolves.toBeUndefined();
  });

  it('makes no ledger that this machine could not hold', async () => {
    const wishes = {maxKeys: 2 ** 23, maxLeaves: 2 ** 25, validators: 16};
    await expect(settleSettings(layout(), wishes, idle)).rejects.toThrow(/need \d{6} MiB when it is full.*--max-keys/);
    await expect(readSettings(layout())).resolves.toBeUndefined();
  });

  it('moves an idle system to other ports, but not a running one', async () => {
    const {chainId} = await settleSettings(layout(), {portBase: 30_000}, idle);
    expect(await settleSettings(layout(), {portBase: 31_000}, idle)).toMatchObject({chainId, portBase: 31_000});
    await expect(settleSettings(layout(), {portBase: 32_000}, busy)).rejects.toThrow('make down');
  });

  it('never takes a directory that holds something else, since clean deletes it whole', async () => {
    await writeFile(join(dir, 'thesis.tex'), 'important');
    await expect(settleSettings(layoutOf(dir), {}, idle)).rejects.toThrow('not empty');
  });

  it('names a damaged or foreign system.json instead of making a new chain over it', async () => {
    await settleSettings(layout(), {}, idle);
    await writeFile(layout().system, '{"layout":');
    await expect(settleSettings(layout(), {}, idle)).rejects.toThrow('damaged');
    for (const text of ['{"layout":2}', '{"layout":1,"chainId":"c","portBase":30000,"validators":4}']) {
      await writeFile(layout().system, text);
      await expect(settleSettings(layout(), {}, idle)).rejects.toThrow('another version');
    }
  });

  it('never takes the folder of a release of the chart, and says whose it is', async () => {
    await mkdir(layout().data);
    const mark = '{"site":"kubernetes","namespace":"vitalvault","release":"vv"}';
    await writeFile(layout().system, mark);
    for (const use of [settleSettings(layout(), {}, idle), readSettings(layout())])
      await expect(use).rejects.toThrow(/kubernetes release vitalvault\/vv.*another DATA=dir/);
    expect(await readFile(layout().system, 'utf8')).toBe(mark);
  });

  it.each([{validators: 0}, {validators: 17}, {portBase: 80}, {portBase: 65_500}])('refuses %p', async (wishes) => {
    await expect(settleSettings(layout(), wishes, idle)).rejects.toThrow('must be a whole number');
  });
});
