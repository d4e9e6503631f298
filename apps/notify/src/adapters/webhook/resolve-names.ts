import {lookup} from 'node:dns';
import type {LookupAddress} from 'node:dns';
import {Resolver} from 'node:dns/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ResolveName} from './http-webhook-sender.js';

const TRIES = 2;
/** Tries wait longer each time; together about so many times the first. */
const SHARES = 3;
/** So long the other family of addresses is waited for when one is there: some servers never answer for IPv6. */
const OTHER_FAMILY_MS = 300;

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
    addressesOf(resolver, hostname).then(
      (found) => {
        callback(null, found);
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, []);
      },
    );
  };
}

async function addressesOf(resolver: Resolver, hostname: string): Promise<LookupAddress[]> {
  const found: LookupAddress[][] = [[], []];
  const asked = [resolver.resolve4(hostname), resolver.resolve6(hostname)].map(async (answer, place) => {
    found[place] = (await answer).map((address) => ({address, family: place === 0 ? 4 : 6}));
  });
  const both = Promise.allSettled(asked);
  try {
    await Promise.any(asked);
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
  await Promise.race([both, sleep(OTHER_FAMILY_MS, undefined, {ref: false})]);
  return found.flat();
}
