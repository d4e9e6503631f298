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
 * Many raw blocks under one dag-cbor root `{version: 1, id, blocks: [links]}`, as one CAR: one pin then carries all of
 * them (D-30), and each keeps its own CID. Two blocks with the same CID are one. The order of the blocks does not
 * change the root.
 * @param id 16 random bytes: packs of the same blocks have roots of their own, so that who unpins one unpins no other
 */
export function buildPack(blocks: readonly PackBlock[], id: Uint8Array): Pack {
  const unique = new Map(blocks.map((block) => [block.cid, block.bytes]));
  const {cid: root, bytes} = rootBlock([...unique.keys()], id);
  const entries = byText([...unique.keys()]).map((cid) => ({
    cid: CID.parse(cid),
    bytes: unique.get(cid) as Uint8Array,
  }));
  return {root: root.toString(), car: carOf(root, [{cid: root, bytes}, ...entries])};
}

/** CID of the root of the pack of the blocks with these CIDs. @spec docs/protocol.md §3.7 */
export const rootOf = (cids: readonly string[], id: Uint8Array): string => rootBlock(cids, id).cid.toString();

function rootBlock(cids: readonly string[], id: Uint8Array): {cid: CID; bytes: Uint8Array} {
  const bytes = dagCbor.encode({version: 1, id, blocks: byText([...new Set(cids)]).map((cid) => CID.parse(cid))});
  const digest = createDigest(SHA2_256, createHash('sha256').update(bytes).digest());
  return {cid: CID.createV1(dagCbor.code, digest), bytes};
}

const byText = (cids: readonly string[]): string[] => cids.toSorted((a, b) => (a < b ? -1 : 1));

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
