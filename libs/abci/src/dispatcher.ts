import {create} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import type {AbciCall} from './abci-call.js';
import type {AbciApplication} from './application.js';
import type {AbciLog} from './abci-log.js';
import {frame} from './frames.js';
import {ResponseSchema} from './gen/tendermint/abci/types_pb.js';
import type {Request, RequestFinalizeBlock} from './gen/tendermint/abci/types_pb.js';
import {snapshotMethodsOf} from './snapshot-methods.js';
import {Turns} from './turns.js';

type Asked = Request['value'];
type Reply = NonNullable<MessageInitShape<typeof ResponseSchema>['value']>;

/** Code of an unexpected exception in CheckTx and Query; codespace "tx". */
export const INTERNAL_CODE = 1;

/**
 * Asks the application and applies the crash rule (D-12): an unexpected exception is answered where an answer decides
 * nothing, and is fatal wherever a made-up answer could fork or halt the chain.
 */
export class Dispatcher {
  private readonly turns = new Turns();
  private stopped = false;

  constructor(
    private readonly application: AbciApplication,
    private readonly log: AbciLog,
    private readonly onFatal: (error: Error) => void,
    private readonly onCall: (call: AbciCall) => void = () => undefined,
  ) {}

  /** The framed answer, or undefined when there must be none because the process is about to stop. */
  async answer(request: Request): Promise<Uint8Array | undefined> {
    if (this.stopped) return undefined;
    try {
      // Encoded here, so that an answer that cannot be encoded is an exception of the application like any other.
      const framed = encode(await this.reply(request.value));
      return this.mayAnswer() ? framed : undefined;
    } catch (thrown) {
      const value = this.afterException(request.value, toError(thrown));
      return value === undefined ? undefined : encode(value);
    }
  }

  // Another connection may have met its fatal error while this one waited.
  private mayAnswer(): boolean {
    return !this.stopped;
  }

  private reply(asked: Asked): Reply | Promise<Reply> {
    switch (asked.case) {
      case 'echo':
        return {case: 'echo', value: {message: asked.value.message}};
      case 'flush':
        return {case: 'flush', value: {}};
      case 'checkTx':
        return this.checkTx(asked);
      case 'query':
        return this.query(asked);
      case undefined:
        return {case: 'exception', value: {error: 'unknown request'}};
      default:
        return this.turns.take(() => this.inTurn(asked));
    }
  }

  private async checkTx(asked: Asked & {case: 'checkTx'}): Promise<Reply> {
    return {case: 'checkTx', value: await this.application.checkTx(asked.value)};
  }

  private async query(asked: Asked & {case: 'query'}): Promise<Reply> {
    return {case: 'query', value: await this.application.query(asked.value)};
  }

  // Consensus and snapshot methods: a CometBFT that reconnects must not overtake what its predecessor still has
  // running.
  private async inTurn(asked: Asked): Promise<Reply> {
    const application = this.application;
    this.onCall(callOf(asked));
    switch (asked.case) {
      case 'info':
        return {case: 'info', value: await application.info(asked.value)};
      case 'initChain':
        return {case: 'initChain', value: await application.initChain(asked.value)};
      case 'prepareProposal':
        return {case: 'prepareProposal', value: await application.prepareProposal(asked.value)};
      case 'processProposal':
        return {case: 'processProposal', value: await application.processProposal(asked.value)};
      case 'finalizeBlock':
        return {case: 'finalizeBlock', value: await this.finalizeBlock(asked.value)};
      case 'commit':
        return {case: 'commit', value: await application.commit(asked.value)};
      default:
        return this.snapshots(asked);
    }
  }

  private async snapshots(asked: Asked): Promise<Reply> {
    const methods = snapshotMethodsOf(this.application);
    switch (asked.case) {
      case 'listSnapshots':
        return {case: 'listSnapshots', value: await methods.listSnapshots(asked.value)};
      case 'offerSnapshot':
        return {case: 'offerSnapshot', value: await methods.offerSnapshot(asked.value)};
      case 'loadSnapshotChunk':
        return {case: 'loadSnapshotChunk', value: await methods.loadSnapshotChunk(asked.value)};
      case 'applySnapshotChunk':
        return {case: 'applySnapshotChunk', value: await methods.applySnapshotChunk(asked.value)};
      default:
        throw new Error(`${asked.case ?? 'unknown'} was asked for, but vote extensions must be disabled`);
    }
  }

  private async finalizeBlock(request: RequestFinalizeBlock) {
    const answer = await this.application.finalizeBlock(request);
    const results = answer.txResults?.length ?? 0;
    // CometBFT would panic on this; here the reason is known.
    if (results !== request.txs.length)
      throw new Error(`FinalizeBlock gave ${results} results for ${request.txs.length} transactions`);
    return answer;
  }

  private afterException(asked: Asked, error: Error): Reply | undefined {
    const method = asked.case ?? 'unknown';
    if (this.stopped) return undefined;
    if (asked.case === 'checkTx' || asked.case === 'query') {
      this.log.error('unexpected exception, answered with code 1', {method, error});
      return {case: asked.case, value: {code: INTERNAL_CODE, codespace: 'tx', log: 'internal error'}};
    }
    if (asked.case === 'info') {
      this.log.error('unexpected exception, answered with an ABCI exception', {method, error});
      return {case: 'exception', value: {error: 'internal error'}};
    }
    this.stopped = true;
    this.log.error('unexpected exception in a consensus method, the process must stop', {method, error});
    this.onFatal(error);
    return undefined;
  }
}

function encode(value: Reply): Uint8Array {
  return frame(ResponseSchema, create(ResponseSchema, {value}));
}

function callOf(asked: Asked): AbciCall {
  const {case: method = 'unknown', value} = asked;
  return value !== undefined && 'height' in value && typeof value.height === 'bigint'
    ? {method, height: value.height}
    : {method};
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
