import {lookup} from 'node:dns';
import {Resolver} from 'node:dns/promises';
import type {ResolveName} from './http-webhook-sender.js';

const TRIES = 2;
/** Tries wait longer each time; together about so many times the first. */
const SHARES = 3;

/**
 * Names by DNS alone. The system's look-up keeps one of the process's four threads until it has an answer: four names
 * whose servers say nothing would hold up everybody's deliveries, and the database and Kafka with them.
 * @param options.timeoutMs of a look-up
 * @param options.servers default: those of the system
 */
export function resolveNames({timeoutMs, servers}: {timeoutMs: number; servers?: readonly string[]}): ResolveName {
  const resolver = new Resolver({timeout: Math.max(1, Math.floor(timeoutMs / SHARES)), tries: TRIES});
  if (servers !== undefined) resolver.setServers(servers);
  return (hostname, options, callback) => {
    if (hostname === 'localhost') {
      lookup(hostname, options, callback);
      return;
    }
    void Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]).then((answers) => {
      const found = answers.flatMap((answer, index) =>
        answer.status === 'rejected' ? [] : answer.value.map((address) => ({address, family: index === 0 ? 4 : 6})),
      );
      const failed = answers.find((answer) => answer.status === 'rejected');
      callback(found.length === 0 ? ((failed?.reason as NodeJS.ErrnoException | undefined) ?? null) : null, found);
    });
  };
}
