import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Scratch} from './scratch.js';

describe('Scratch', () => {
  it('undoes in reverse order and deletes what it made', async () => {
    const scratch = new Scratch();
    const order: number[] = [];
    const directory = scratch.directory('spec');
    writeFileSync(join(directory, 'file'), '');
    scratch.defer(() => {
      order.push(1);
      expect(existsSync(directory)).toBe(true);
    });
    scratch.defer(() => void order.push(2));
    await scratch.clean();
    expect(order).toEqual([2, 1]);
    expect(existsSync(directory)).toBe(false);
  });

  it('goes on after a failure and tells it', async () => {
    const scratch = new Scratch();
    const directory = scratch.directory('spec');
    scratch.defer(() => {
      throw new Error('does not stop');
    });
    await expect(scratch.clean()).rejects.toThrow('does not stop');
    expect(existsSync(directory)).toBe(false);
    await expect(scratch.clean()).resolves.toBeUndefined();
  });
});
