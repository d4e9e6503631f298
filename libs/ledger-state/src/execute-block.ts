import {CODE, KEY_OWNER} from '@vitalvault/contracts';
import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import {blockSlot} from './block-time.js';
import type {Block} from './block-time.js';
import {spendTokens} from './buckets.js';
import type {BucketOf} from './buckets.js';
import type {CheckedTx, StructureRefusal} from './check-structure.js';
import {countRight, hasFirstRight, levelOfRight} from './holdings.js';
import {refused} from './message-rules.js';
import type {Ending, Outcome} from './message-rules.js';
import {spendNonce} from './nonce-window.js';
import {CorruptStateError, Overlay} from './overlay.js';
import type {LedgerPorts} from './ports.js';
import {recordMisbehaviour} from './record-misbehaviour.js';
import type {ProvenMisbehaviour} from './record-misbehaviour.js';
import {hasRoom} from './room.js';
import type {Level} from './room.js';
import {rulesOf} from './rules-of.js';
import {payerOf, signerOf} from './signer.js';
import type {Signer} from './signer.js';
import {isPromised} from './successions.js';
import {load, SLOTS} from './state-slots.js';
import type {HashedLeaf, StateChange, StateView} from './state-view.js';

/** What holds for every transaction of a block. */
export interface BlockContext {
  readonly chainId: string;
  readonly block: Block;
  readonly parameters: Parameters;
  readonly ports: LedgerPorts;
}

export interface ExecutedBlock {
  /** One per transaction, in order. */
  readonly results: readonly Outcome[];
  /** Ascending by key; log heads included. */
  readonly changes: readonly StateChange[];
  readonly leaves: readonly HashedLeaf[];
  /** Of validators, recorded for the first time. */
  readonly misbehaviour: readonly ProvenMisbehaviour[];
}

/**
 * The transition function: (state, block, transactions) → (results, changes). Deterministic; a refusal is a result.
 * What it throws is a bug or a corrupt state and must stop the process.
 * @param context.misbehaviour of validators, as the block brings it; recorded before the transactions
 * @param txs results of `checkStructure`; a refusal of it is that transaction's result.
 * @spec docs/protocol.md §4.2; ABCI FinalizeBlock
 */
export function executeBlock(
  view: StateView,
  {
    chainId,
    block,
    ports,
    misbehaviour = [],
  }: Omit<BlockContext, 'parameters'> & {readonly misbehaviour?: readonly ProvenMisbehaviour[]},
  txs: readonly (CheckedTx | StructureRefusal)[],
): ExecutedBlock {
  const state = new Overlay(view, ports.sha256);
  const context = {chainId, block, ports, parameters: parametersOf(view)};
  const recorded = recordMisbehaviour(state, block, misbehaviour);
  const results = txs.map((tx) => {
    // Code and data, and nothing that only people read.
    const {code, data} = tx.ok ? applyTx(state, tx, context) : refused(tx.code);
    return {code, data};
  });
  return {results, ...state.finish(), misbehaviour: recorded};
}

/** The parameters in the state. @throws CorruptStateError before genesis. */
export function parametersOf(view: StateView): Parameters {
  const parameters = load(view, SLOTS.parameters, []);
  if (parameters === undefined) throw new CorruptStateError('the state has no parameters');
  return parameters;
}

/**
 * Applies one well-formed transaction to `state`. Steps: 1 expiry · 2 the first signature's key is somebody's current
 * one and may sign this · 3 nonce, used up from here on whatever comes · 4 quota · 5 the message's own rules
 * · 6 room in the state for what is new. What ends something pays in 3 and 4 as `Ending` says, and has room.
 * @returns its result; on a refusal by 5 or 6 only nonce and quota were written, by 4 only the nonce, before that
 *   nothing; and nothing where there is no room even for them.
 * @spec docs/protocol.md §4.2
 */
export function applyTx(state: Overlay, tx: CheckedTx, context: BlockContext): Outcome {
  const {block} = context;
  const rules = rulesOf(tx.message.case);
  // 1
  const expiry = checkExpiry(tx, context);
  if (expiry !== CODE.ok) return refused(expiry);
  // 2
  const signer = signerOf(state, tx.signingKeys[0], blockSlot(block));
  if ('code' in signer) return refused(signer.code);
  if (!rules.maySign(signer)) return refused(CODE.notAuthorised);
  const spent = state.fork(payerOf(state, signer));
  const ends = rules.ends?.({...context, state: spent, txId: tx.txId, signer}, tx.message.value);
  // 3, 4
  const code = pay(spent, tx, {...context, signer, ends});
  // 5
  const fork = spent.fork();
  const outcome = code === CODE.ok ? applyMessage(fork, tx, {...context, signer, ends}) : refused(code);
  // 6
  const asked = {signer, level: rules.level, ends};
  if (outcome.code !== CODE.ok) {
    absorbSpent(state, spent, levelOf(fork, asked, context.parameters), context);
    return outcome;
  }
  if (beginsRight(asked)) countRight(fork, signer.identity);
  const level = levelOf(fork, asked, context.parameters);
  if (needsNoRoom(state, asked) || hasRoom([spent, fork], context.parameters, level)) {
    spent.absorb(fork);
    state.absorb(spent);
    return outcome;
  }
  absorbSpent(state, spent, level, context);
  return refused(CODE.stateFull);
}

// A nonce window or a bucket may be a new key as well.
function absorbSpent(state: Overlay, spent: Overlay, level: Level, {parameters}: BlockContext): void {
  if (hasRoom([spent], parameters, level)) state.absorb(spent);
}

/** What a transaction asks room for, and who. */
interface Asked {
  readonly signer: Signer;
  readonly level: Level;
  readonly ends: Ending | undefined;
}

// A patient's rights are not all that she may ever have: what is beyond takes no room of other patients' rights. A
// member has none, and needs her keys to read; her organisation's is to end her standing.
function levelOf(state: Overlay, {signer: {kind, identity}, level}: Asked, parameters: Parameters): Level {
  if (level !== 'rights' || kind === KEY_OWNER.organisation) return level;
  return kind === KEY_OWNER.patient ? levelOfRight(state, identity, parameters) : 'reads';
}

const beginsRight = ({signer, level, ends}: Asked): boolean =>
  level === 'rights' && signer.kind === KEY_OWNER.patient && ends === undefined;

// Of rights there are no more to end than were begun; her first one and some successions are promised to every patient.
function needsNoRoom(before: Overlay, asked: Asked): boolean {
  const {ends, signer} = asked;
  if (ends === 'right') return true;
  if (ends === undefined) return beginsRight(asked) && hasFirstRight(before, signer.identity);
  return isPromised(load(before, SLOTS.patient, [signer.identity])?.successions ?? 0);
}

interface Sender extends BlockContext {
  readonly signer: Signer;
  readonly ends: Ending | undefined;
}

// What ends a right has a nonce and no price; a succession a bucket of its own and, while that has tokens, no nonce.
function pay(state: Overlay, {message, body}: CheckedTx, {signer, ends, ...context}: Sender): number {
  const succession: BucketOf = {bucket: 'successions', identities: [signer.identity]};
  if (ends === 'signingKey' && spendTokens(state, [succession], context)) return CODE.ok;
  const nonce = spendNonce(state, signer.keyId, body.nonce);
  if (nonce !== CODE.ok || ends === 'right') return nonce;
  if (ends === 'signingKey') return CODE.quota;
  return spendTokens(state, [rulesOf(message.case).bucket(signer, message.value)], context) ? CODE.ok : CODE.quota;
}

function applyMessage(state: Overlay, {message, txId}: CheckedTx, context: Sender): Outcome {
  return rulesOf(message.case).apply({...context, state, txId}, message.value);
}

function checkExpiry({body}: CheckedTx, {block, parameters}: BlockContext): number {
  if (body.expiresAtHeight < block.height || body.expiresAtTime < block.time) return CODE.expired;
  const tooFar =
    body.expiresAtHeight - block.height > parameters.maxExpiryBlocks ||
    body.expiresAtTime - block.time > parameters.maxExpirySeconds;
  return tooFar ? CODE.expiryTooFar : CODE.ok;
}
