/** Whether an error of kafkajs is, or comes from, an answer of Kafka's of one of these types. */
export function isOf(error: unknown, types: ReadonlySet<string>): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (types.has(String((cause as {type?: unknown}).type))) return true;
  return false;
}
