import {CarReader} from '@ipld/car/reader';
import * as dagCbor from '@ipld/dag-cbor';
import {cidOf} from '@vitalvault/envelope';
import {CID} from 'multiformats/cid';
import {createHash} from 'node:crypto';
import {buildPack} from './build-pack.js';

const blocks = ['one', 'two', 'three'].map((text) => ({cid: cidOf(Buffer.from(text)), bytes: Buffer.from(text)}));
const id = new Uint8Array(16).fill(7);

describe('buildPack', () => {
  it('is a CAR that an independent reader takes apart into the same blocks', async () => {
    const {root, car} = buildPack(blocks, id);
    const reader = await CarReader.fromBytes(car);
    expect((await reader.getRoots()).map(String)).toEqual([root]);
    for (const {cid, bytes} of blocks)
      expect(Buffer.from((await reader.get(CID.parse(cid)))?.bytes ?? [])).toEqual(bytes);
  });

  it('has a root that links to every block and whose CID is the hash of its bytes', async () => {
    const {root, car} = buildPack(blocks, id);
    const rootBlock = await (await CarReader.fromBytes(car)).get(CID.parse(root));
    const decoded = dagCbor.decode<{version: number; id: Uint8Array; blocks: CID[]}>(
      rootBlock?.bytes ?? new Uint8Array(),
    );
    expect([Object.keys(decoded).toSorted(), decoded.version, decoded.id]).toEqual([
      ['blocks', 'id', 'version'],
      1,
      id,
    ]);
    expect(decoded.blocks.map(String).sort()).toEqual(blocks.map(({cid}) => cid).sort());
    expect(Buffer.from(CID.parse(root).multihash.digest).toString('hex')).toBe(
      createHash('sha256')
        .update(rootBlock?.bytes ?? '')
        .digest('hex'),
    );
  });

  it('does not depend on the order, and takes the same block once', () => {
    expect(buildPack([...blocks].reverse(), id).root).toBe(buildPack(blocks, id).root);
    expect(buildPack([...blocks, ...blocks], id).car).toEqual(buildPack(blocks, id).car);
  });

  it('has another root than any other pack of the same blocks', () => {
    expect(buildPack(blocks, new Uint8Array(16)).root).not.toBe(buildPack(blocks, id).root);
  });
});
