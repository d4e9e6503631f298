import type {Message} from '@bufbuild/protobuf';

/** A few megabytes, however long CheckTx goes on without a block. */
const MOST_BYTES = 4 << 20;
/** Small values weigh more than their bytes: what is decoded, and its place. */
const EACH = 1_024;

/** Decoded values by the very bytes that they were read from; bounded by what they hold, as one alone may be large. */
export class DecodedValues {
  private readonly messages = new Map<Uint8Array, Message>();
  private weight = 0;

  get(bytes: Uint8Array): Message | undefined {
    return this.messages.get(bytes);
  }

  keep(bytes: Uint8Array, message: Message): void {
    if (!this.messages.has(bytes)) this.weight += bytes.length + EACH;
    if (this.weight > MOST_BYTES) {
      this.messages.clear();
      this.weight = bytes.length + EACH;
    }
    this.messages.set(bytes, message);
  }
}
