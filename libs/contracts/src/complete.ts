import {create} from '@bufbuild/protobuf';
import type {DescMessage, Message, MessageInitShape, MessageShape} from '@bufbuild/protobuf';
import type {Body} from './gen/vitalvault/ledger/v1/tx_pb.js';

type NamesIn<File> = {
  [K in keyof File]: File[K] extends DescMessage ? MessageShape<File[K]>['$typeName'] : never;
}[keyof File];

/** Every message that somebody signs, or that is part of one: whoever sends it writes all of its fields. */
type SentName = NamesIn<
  typeof import('./gen/vitalvault/ledger/v1/tx_pb.js') &
    typeof import('./gen/vitalvault/policy/v1/wrap_pb.js') &
    typeof import('./gen/vitalvault/receipt/v1/receipt_pb.js') &
    typeof import('./gen/vitalvault/record/v1/record_pb.js')
>;

/**
 * The fields whose absence means something, as the comment of each in proto/ says. Every other field of such a message
 * must be written down by its sender, so a new one is an error of the type checker wherever it is forgotten.
 */
interface MayBeAbsent {
  'vitalvault.ledger.v1.PublishKeys': 'encryptionKey' | 'newSigningKey' | 'epochStatements' | 'succession';
  'vitalvault.ledger.v1.RemoveDevice': 'distrustFromSlot';
  'vitalvault.ledger.v1.PutGrant': 'maxReads' | 'parentGrant' | 'epochStatements';
  'vitalvault.ledger.v1.AnchorEntryResult': 'index';
  'vitalvault.ledger.v1.Decision': 'recordLogSize' | 'grantVersion' | 'releaseUntilHeight' | 'releaseUntilTime';
}

type AbsentIn<M extends Message> = M['$typeName'] extends keyof MayBeAbsent ? MayBeAbsent[M['$typeName']] : never;
type FieldOf<M extends Message> = Exclude<keyof M, '$typeName' | '$unknown'>;

/** All fields of a message, as far as they may not be absent. */
export type Fields<M extends Message> = {
  readonly [K in Exclude<FieldOf<M>, AbsentIn<M>>]-?: Complete<NonNullable<M[K]>>;
} & {readonly [K in FieldOf<M> & AbsentIn<M>]?: Complete<NonNullable<M[K]>>};

/** A message that is there already, or all fields of one; so for the messages in it, to the last. */
export type Complete<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Complete<Item>[]
    : T extends Message
      ? T | Fields<T>
      : T extends {case: infer Case extends string; value: infer Value}
        ? {readonly case: Case; readonly value: Complete<Value>}
        : T extends {case: undefined}
          ? never
          : T;

/** What a message is made of: all of its fields when it is sent or signed, any of them when it is not. */
export type FieldsOf<D extends DescMessage> =
  MessageShape<D> extends {readonly $typeName: SentName} ? Complete<MessageShape<D>> : MessageInitShape<D>;

/** Some fields, to be written over those of a complete message. */
export type ChangesTo<D extends DescMessage> = Partial<Fields<MessageShape<D>>>;

/** What a transaction says: `case` and `value` of Body's `message`. */
export type TxMessage = Complete<Body['message']>;

/** A message made of all its fields. */
export function build<D extends DescMessage>(schema: D, fields: FieldsOf<D>): MessageShape<D> {
  return create(schema, fields as MessageInitShape<D>);
}
