import type {StopTerms} from '../process/stop-process.js';

/** How a process is asked to end, and how long it may take. */
export function stopTerms(name: string): StopTerms {
  // SIGTERM would make PostgreSQL wait for every client to leave; SIGINT ends their sessions and writes a checkpoint.
  if (name === 'postgres') return {name, stopSignal: 'SIGINT', graceSeconds: 10};
  return {name, stopSignal: 'SIGTERM', graceSeconds: name === 'kafka' ? 20 : 15};
}
