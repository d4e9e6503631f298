import {create} from '@bufbuild/protobuf';
import type {DescMessage, MessageInitShape, MessageShape} from '@bufbuild/protobuf';

/** A message that lacks fields on purpose, for tests of those who must refuse it. */
export function incomplete<D extends DescMessage>(schema: D, init: MessageInitShape<D>): MessageShape<D> {
  return create(schema, init);
}
