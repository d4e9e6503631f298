export {answersQuestion} from './answers-question.js';
export type {ProofQuestion} from './answers-question.js';
export {leastRoom} from './genesis/check-room.js';
export type {Sharers} from './genesis/check-room.js';
export {decodeGenesis} from './genesis/decode-genesis.js';
export {genesisBytes} from './genesis/genesis-bytes.js';
export type {GenesisDocument} from './genesis/genesis-bytes.js';
export {InvalidGenesisError} from './genesis/invalid-genesis-error.js';
export {PARAMETER_BOUNDS} from './genesis/parameter-bounds.js';
export {parseGenesis} from './genesis/parse-genesis.js';
export type {GenesisValidator, ParsedGenesis} from './genesis/parse-genesis.js';
export {headerHash} from './header-hash.js';
export {MalformedError} from './json-fields.js';
export {VOTE_FLAG} from './light-block.js';
export type {BlockId, Commit, CommitSignature, Header, LightBlock, Timestamp} from './light-block.js';
export {parseLightBlock} from './parse-light-block.js';
export {validatorAddress, validatorsHash} from './validators.js';
export type {Validator} from './validators.js';
export {verifyLightBlock, verifySignedHeader} from './verify-light-block.js';
export type {
  ChainTrust,
  HeaderClock,
  LightBlockReason,
  LightBlockVerdict,
  VerifiedHeader,
} from './verify-light-block.js';
export {voteSignBytes} from './vote-sign-bytes.js';
export {verifyAnswer} from './verify-answer.js';
export type {AnswerFault, AnswerLimits, AnswerVerdict, UnverifiedAnswer} from './verify-answer.js';
export {blockFault, verifyBlock} from './verify-block.js';
export type {BlockFault, BlockHeaders, ClaimedBlock} from './verify-block.js';
