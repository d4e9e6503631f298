export type {
  AbciApplication,
  CheckTxAnswer,
  CommitAnswer,
  FinalizeBlockAnswer,
  InfoAnswer,
  InitChainAnswer,
  PrepareProposalAnswer,
  ProcessProposalAnswer,
  QueryAnswer,
  SnapshotMethods,
} from './application.js';
export type {AbciCall} from './abci-call.js';
export type {AbciLog} from './abci-log.js';
export {INTERNAL_CODE} from './dispatcher.js';
export {startAbciServer} from './server.js';
export type {AbciServer, AbciServerOptions} from './server.js';
export {BlockIDFlag} from './gen/tendermint/types/validator_pb.js';
export {
  CheckTxType,
  ResponseApplySnapshotChunk_Result as ApplySnapshotResult,
  ResponseOfferSnapshot_Result as OfferSnapshotResult,
  ResponseProcessProposal_ProposalStatus as ProposalStatus,
} from './gen/tendermint/abci/types_pb.js';
export type {
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
} from './gen/tendermint/abci/types_pb.js';
