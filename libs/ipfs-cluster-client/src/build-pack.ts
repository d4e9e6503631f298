import * as CarBufferWriter from '@ipld/car/buffer-writer';
import * as dagCbor from '@ipld/dag-cbor';
import {CID} from 'multiformats/cid';
import {create as createDigest} from 'multiformats/hashes/digest';
import {createHash} from 'node:crypto';

export interface PackBlock {
  /** CIDv1 of the block, base32. */
  readonly cid: string;
  readonly bytes: Uint8Array;
}

export interface Pack {
  /** CIDv1 of the dag-cbor root, base32. */
  readonly root: string;
  /** CAR, version 1. */
  readonly car: Uint8Array;
}

const SHA2_256 = 0x12;

/**
 * Many raw blocks under one dag-cbor root `{version: 1, blocks: [links]}`, as one CAR: one pin then carries all of them
 * (D-30), and each keeps its own CID. Two blocks with the same CID are one. The order of the blocks does not change the
 * root.
 */
export function buildPack(blocks: readonly PackBlock[]): Pack {
  const unique = new Map(blocks.map((block) => [block.cid, block.bytes]));
  const entries = [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([cid, bytes]) => ({cid: CID.parse(cid), bytes}));
  const rootBytes = dagCbor.encode({version: 1, blocks: entries.map(({cid}) => cid)});
  const root = CID.createV1(dagCbor.code, createDigest(SHA2_256, createHash('sha256').update(rootBytes).digest()));
  return {root: root.toString(), car: carOf(root, [{cid: root, bytes: rootBytes}, ...entries])};
}

/** One block as a CAR of its own. */
export function buildBlockCar({cid, bytes}: PackBlock): Uint8Array {
  const root = CID.parse(cid);
  return carOf(root, [{cid: root, bytes}]);
}

function carOf(root: CID, blocks: readonly {cid: CID; bytes: Uint8Array}[]): Uint8Array {
  const size =
    CarBufferWriter.headerLength({roots: [root]}) +
    blocks.reduce((sum, block) => sum + CarBufferWriter.blockLength(block), 0);
  const writer = CarBufferWriter.createWriter(new ArrayBuffer(size), {roots: [root]});
  for (const block of blocks) writer.write(block);
  return writer.close({resize: true});
}
