import type {Message as ProtoMessage} from '@bufbuild/protobuf';
import type {GenMessage} from '@bufbuild/protobuf/codegenv2';
import {CODE} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Body} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Block} from './block-time.js';
import type {Spending} from './buckets.js';
import type {Overlay} from './overlay.js';
import type {LedgerPorts} from './ports.js';
import type {Level} from './room.js';
import type {Signer} from './signer.js';

export type Message = Exclude<Body['message'], {case: undefined}>;
export type MessageCase = Message['case'];
export type MessageOf<C extends MessageCase> = Extract<Message, {case: C}>['value'];

/**
 * What a message ends that stands: a right that was given, or a patient's signing key by the word of her recovery key.
 * Of rights there are no more to end than were begun, so ending one has no price and needs no room. A succession has a
 * bucket of its own and needs no nonce: its number makes it the only one, and whoever has stolen the signing key can
 * use up all nonces of it.
 */
export type Ending = 'right' | 'signingKey';

/** What an executing transaction may read and write. */
export interface TxContext {
  /** What this message will end; only where its own rules are asked to apply it. */
  readonly ends?: Ending | undefined;
  /** Fork of the block's state: thrown away when the message is refused. */
  readonly state: Overlay;
  readonly block: Block;
  readonly chainId: string;
  readonly txId: Uint8Array;
  readonly parameters: Parameters;
  readonly signer: Signer;
  readonly ports: LedgerPorts;
}

/** `code` and `data` of the result: consensus data. */
export interface Outcome {
  readonly code: number;
  /** Canonical result message; empty when there is none. */
  readonly data: Uint8Array;
  /** Name of the field that `invalidField` is about: for CheckTx's log, never consensus data. */
  readonly field?: string;
}

/** Every field of a message by its name, and what it must be: length, range, how it stands to the others; no state. */
export type FieldRules<M> = {
  readonly [F in Exclude<keyof M, '$typeName' | '$unknown'>]-?: (value: M[F], message: M) => boolean;
};

/** All rules of one kind of message. One file per message in tx/. */
export interface MessageRules<M extends ProtoMessage> {
  /**
   * What room it is asked for. Rights come first in a block, too, and have a bucket of their own that nothing else can
   * empty.
   */
  readonly level: Level;
  /** Its fields, in the order in which they are judged. */
  readonly schema: GenMessage<M>;
  readonly fields: FieldRules<M>;
  /**
   * The keys of the signatures in their order, as far as the message itself names them; undefined: a key that only the
   * state knows.
   */
  signatures(message: M): readonly (SigningKey | undefined)[];
  /** Whether a key of this owner and role may sign such a message at all. */
  maySign(signer: Signer): boolean;
  /** What is taken before its own rules are asked, whatever they say: all of it, or the message is refused. */
  bucket(signer: Signer, message: M): Spending;
  /**
   * What such a message ends, when its own rules will take it; absent: nothing ever. Asked before it pays, so it looks
   * up and verifies one signature at the most.
   */
  ends?(context: TxContext, message: M): Ending | undefined;
  /** The message's own rules and, if they hold, its effects. */
  apply(context: TxContext, message: M): Outcome;
}

const NO_DATA = new Uint8Array(0);

export const done = (data: Uint8Array = NO_DATA): Outcome => ({code: 0, data});
export const refused = (code: number): Outcome => ({code, data: NO_DATA});
export const invalid = (field: string): Outcome => ({code: CODE.invalidField, data: NO_DATA, field});
