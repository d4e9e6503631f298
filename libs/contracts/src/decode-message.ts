import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {decodeCanonical} from './canonical.js';
import {NotCanonicalError} from './not-canonical-error.js';
import {isOfLaterVersion} from './survey-fields.js';

/**
 * A message of a topic that no version takes, now or later: its bytes are none of ours, or break a rule that every
 * version has. Its words name types and rules, and nothing that was sent.
 */
export class JunkMessage extends Error {
  override readonly name = 'JunkMessage';
}

/**
 * A message of a topic that has something this version does not know, and a later one may: it must wait for that. Its
 * words name types and rules, and nothing that was sent.
 */
export class NewerMessage extends Error {
  override readonly name = 'NewerMessage';
}

/**
 * Decodes a message of a topic, or one inside such a message; which of the two faults it has decides whether it is set
 * aside (docs/adr/0045).
 * @throws JunkMessage; NewerMessage for an unknown field in bytes that are a message otherwise
 */
export function decodeMessage<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return decodeCanonical(schema, bytes);
  } catch (cause) {
    if (!(cause instanceof NotCanonicalError)) throw cause;
    if (isOfLaterVersion(schema, bytes))
      throw new NewerMessage(`a field that this version does not know in ${schema.typeName}`, {cause});
    throw new JunkMessage(cause.message, {cause});
  }
}
