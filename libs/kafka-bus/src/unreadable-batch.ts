/** Errors of kafkajs that a batch makes which it has not the means to read. */
const OF_A_BATCH: ReadonlySet<unknown> = new Set(['KafkaJSNotImplemented', 'KafkaJSUnsupportedMagicByteInMessageSet']);
const MAX_DEPTH = 6;

/**
 * Why a consumer cannot read what Kafka gave it; undefined: it failed at something else, as a Kafka that is away. A
 * whole fetch fails by one batch, and kafkajs does not say which.
 */
export function unreadableBatch(error: unknown): string | undefined {
  const root = rootOf(error);
  const {name} = root;
  if (typeof name !== 'string') return undefined;
  const codec = /^(\w+) compression not implemented$/.exec(String(root.message))?.[1];
  if (codec !== undefined)
    return `a batch is compressed with ${codec}, which cannot be read: see compression.type in docs/operations/troubleshooting.md`;
  // What is no error of kafkajs' own was thrown by a decoder: it wraps those of sockets.
  return OF_A_BATCH.has(name) || !name.startsWith('KafkaJS') ? `a batch cannot be read (${name})` : undefined;
}

function rootOf(error: unknown, depth = 0): {readonly name?: unknown; readonly message?: unknown} {
  if (typeof error !== 'object' || error === null) return {};
  const {cause} = error as {cause?: unknown};
  return cause === undefined || cause === null || depth > MAX_DEPTH ? error : rootOf(cause, depth + 1);
}
