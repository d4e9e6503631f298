/** Injection tokens of storage's ports that are interfaces. */
export const RECORD_STORE = Symbol('RECORD_STORE');
/** `() => Backlog` of the consumer. */
export const BACKLOG = Symbol('BACKLOG');
