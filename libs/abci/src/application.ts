import type {MessageInitShape} from '@bufbuild/protobuf';
import type {
  RequestApplySnapshotChunk,
  RequestCheckTx,
  RequestCommit,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestListSnapshots,
  RequestLoadSnapshotChunk,
  RequestOfferSnapshot,
  RequestPrepareProposal,
  RequestProcessProposal,
  RequestQuery,
  ResponseApplySnapshotChunkSchema,
  ResponseCheckTxSchema,
  ResponseCommitSchema,
  ResponseFinalizeBlockSchema,
  ResponseInfoSchema,
  ResponseInitChainSchema,
  ResponseListSnapshotsSchema,
  ResponseLoadSnapshotChunkSchema,
  ResponseOfferSnapshotSchema,
  ResponsePrepareProposalSchema,
  ResponseProcessProposalSchema,
  ResponseQuerySchema,
} from './gen/tendermint/abci/types_pb.js';

type Answer<T> = T | Promise<T>;

export type InfoAnswer = MessageInitShape<typeof ResponseInfoSchema>;
export type QueryAnswer = MessageInitShape<typeof ResponseQuerySchema>;
export type CheckTxAnswer = MessageInitShape<typeof ResponseCheckTxSchema>;
export type InitChainAnswer = MessageInitShape<typeof ResponseInitChainSchema>;
export type PrepareProposalAnswer = MessageInitShape<typeof ResponsePrepareProposalSchema>;
export type ProcessProposalAnswer = MessageInitShape<typeof ResponseProcessProposalSchema>;
export type FinalizeBlockAnswer = MessageInitShape<typeof ResponseFinalizeBlockSchema>;
export type CommitAnswer = MessageInitShape<typeof ResponseCommitSchema>;

/** State sync; all four methods or none. Without them the application offers no snapshots and accepts none. */
export interface SnapshotMethods {
  listSnapshots(request: RequestListSnapshots): Answer<MessageInitShape<typeof ResponseListSnapshotsSchema>>;
  offerSnapshot(request: RequestOfferSnapshot): Answer<MessageInitShape<typeof ResponseOfferSnapshotSchema>>;
  loadSnapshotChunk(
    request: RequestLoadSnapshotChunk,
  ): Answer<MessageInitShape<typeof ResponseLoadSnapshotChunkSchema>>;
  applySnapshotChunk(
    request: RequestApplySnapshotChunk,
  ): Answer<MessageInitShape<typeof ResponseApplySnapshotChunkSchema>>;
}

/**
 * An ABCI 2.0 application (CometBFT 0.38, spec/abci). Vote extensions are not offered: they must stay disabled.
 *
 * Calls on one connection come strictly in order. `info`, the consensus methods and the snapshot methods never overlap,
 * not even across connections; `checkTx` and `query` may run between the awaits of any other call.
 *
 * Byte fields of a request are views into that request's own message: copy what outlives the call, or the whole message
 * (a block, say) stays in memory with it.
 *
 * A rejected promise or an exception is a bug, never a refusal (D-12): `checkTx` and `query` answer code 1, `info`
 * answers an ABCI exception, and every other method ends in `onFatal` without any answer.
 */
export interface AbciApplication extends Partial<SnapshotMethods> {
  info(request: RequestInfo): Answer<InfoAnswer>;
  query(request: RequestQuery): Answer<QueryAnswer>;
  checkTx(request: RequestCheckTx): Answer<CheckTxAnswer>;
  initChain(request: RequestInitChain): Answer<InitChainAnswer>;
  prepareProposal(request: RequestPrepareProposal): Answer<PrepareProposalAnswer>;
  processProposal(request: RequestProcessProposal): Answer<ProcessProposalAnswer>;
  finalizeBlock(request: RequestFinalizeBlock): Answer<FinalizeBlockAnswer>;
  commit(request: RequestCommit): Answer<CommitAnswer>;
}
