import {leafHash, merkleRoot} from '@vitalvault/proofs';
import type {Header} from './light-block.js';
import {blockIdBytes, timestampBytes, Wire} from './wire.js';

/**
 * Hash of a header, 32 bytes: root of the RFC 9162 tree over its fourteen fields, each in protobuf.
 * @spec CometBFT 0.38, spec/core/data_structures.md#header
 */
export function headerHash(header: Header): Uint8Array {
  const bytes = (value: Uint8Array): Uint8Array => new Wire().bytes(1, value).finish();
  const fields = [
    new Wire().varint(1, header.blockVersion).varint(2, header.appVersion).finish(),
    new Wire().text(1, header.chainId).finish(),
    new Wire().varint(1, header.height).finish(),
    timestampBytes(header.time),
    blockIdBytes(header.lastBlockId),
    bytes(header.lastCommitHash),
    bytes(header.dataHash),
    bytes(header.validatorsHash),
    bytes(header.nextValidatorsHash),
    bytes(header.consensusHash),
    bytes(header.appHash),
    bytes(header.lastResultsHash),
    bytes(header.evidenceHash),
    bytes(header.proposerAddress),
  ];
  return merkleRoot(fields.map((field) => leafHash(field)));
}
