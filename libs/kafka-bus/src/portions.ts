/** A broker takes about 1 MB for one partition at once (message.max.bytes). */
export const MAX_REQUEST_BYTES = 900_000;
const OVERHEAD_BYTES = 300;

type Sized = Readonly<{value: {readonly length: number} | null}>;
/** Of a message on the wire, about. */
const sizeOf = ({value}: Sized): number => (value?.length ?? 0) + OVERHEAD_BYTES;
export const bytesOf = (messages: readonly Sized[]): number =>
  messages.reduce((sum, message) => sum + sizeOf(message), 0);

/** In order, in portions that one request takes; a message above that is one of its own. */
export function portionsOf<T extends Sized>(messages: readonly T[]): T[][] {
  const portions: T[][] = [];
  let room = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (size > room) {
      portions.push([]);
      room = MAX_REQUEST_BYTES;
    }
    portions.at(-1)?.push(message);
    room -= size;
  }
  return portions;
}
