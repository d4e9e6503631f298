import {create} from '@bufbuild/protobuf';
import {BinaryReader, WireType} from '@bufbuild/protobuf/wire';
import {frame} from './frames.js';
import {
  RequestProcessProposalSchema,
  RequestSchema,
  ResponseProcessProposal_ProposalStatus as ProposalStatus,
  ResponseSchema,
} from './gen/tendermint/abci/types_pb.js';

const PROPOSAL = RequestSchema.field.processProposal.number;
const TXS = RequestProcessProposalSchema.field.txs.number;

/**
 * Whether a message is a ProcessProposal of more transactions than `most`. Told without decoding it: an empty
 * transaction has two bytes in a block and a hundred as an object, so that a small block would fill the heap of every
 * validator.
 * @throws on bytes that are no protobuf
 */
export function isCrowdedProposal(message: Uint8Array, most: number): boolean {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field !== PROPOSAL || type !== WireType.LengthDelimited) reader.skip(type, field);
    else if (holdsMore(reader, most)) return true;
  }
  return false;
}

function holdsMore(reader: BinaryReader, most: number): boolean {
  const length = reader.uint32();
  const end = reader.pos + length;
  for (let txs = 0; reader.pos < end;) {
    const [field, type] = reader.tag();
    if (field === TXS && ++txs > most) return true;
    reader.skip(type, field);
  }
  return false;
}

/** The answer to such a one. */
export const REFUSED_PROPOSAL = frame(
  ResponseSchema,
  create(ResponseSchema, {value: {case: 'processProposal', value: {status: ProposalStatus.REJECT}}}),
);
