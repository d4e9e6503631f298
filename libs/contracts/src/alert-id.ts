import {create} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {encodeCanonical} from './canonical.js';
import {AlertSchema} from './gen/vitalvault/events/v1/events_pb.js';
import type {Alert} from './gen/vitalvault/events/v1/events_pb.js';
import {taggedHash} from './tagged-hash.js';

type AlertFields = Omit<MessageInitShape<typeof AlertSchema>, '$typeName' | 'alertId'>;

/**
 * An alert with its id: T("alert", the alert without id and time). All that it says is in the id, and whom it says it
 * to: whoever tells the same tells the same alert, and nobody can tell another one first in its place.
 * @spec docs/protocol.md §9.2; ADR 0044
 */
export function alertOf(fields: AlertFields): Alert {
  return create(AlertSchema, {...fields, alertId: alertId(fields)});
}

/** Id of an alert, whatever it says of its own; 32 bytes. */
export function alertId(fields: AlertFields): Uint8Array {
  return taggedHash(
    'alert',
    encodeCanonical(AlertSchema, {...create(AlertSchema, fields), alertId: new Uint8Array(), raisedAtMs: 0n}),
  );
}
