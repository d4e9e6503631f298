import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {z} from 'zod';
import type {Endpoints} from '../actor/endpoints.js';
import {broken, looked, ok} from './finding.js';
import type {Finding} from './finding.js';
import {lookAtAddress, lookAtCertificate} from './look-at-connections.js';
import {clockFinding, lookAtKeyFile, lookAtSpace} from './look-at-machine.js';
import {lookAtReadiness} from './look-at-readiness.js';
import {lookAtValidators} from './look-at-validators.js';

/** What the launcher writes beside what every file of endpoints has. */
const more = z.looseObject({
  management: z.record(z.string(), z.url()).default({}),
  ipfsCluster: z.array(z.url()).default([]),
  kubo: z.array(z.url()).default([]),
  kafka: z.string().optional(),
  postgres: z.url().optional(),
  otlp: z.url().optional(),
  organisations: z.array(z.looseObject({keys: z.string().optional()})).default([]),
  processes: z.record(z.string(), z.looseObject({pid: z.int()})).default({}),
});

const TIMEOUT_MS = 5_000;
const ROLES = ['admin', 'sponsor', 'ingest', 'storage', 'policy', 'release'] as const;
const FULL_OR_DOWN = 'Does it run? Its log says why not: make logs NAME=…, kubectl logs.';

/**
 * Everything that a file of endpoints names.
 * @param system.file of the endpoints
 * @param system.chainId of the genesis
 */
export async function lookAtSystem(system: {
  endpoints: Endpoints;
  file: string;
  chainId: string | undefined;
}): Promise<Finding[]> {
  const {endpoints, file, chainId} = system;
  const told = more.parse(endpoints);
  const nowMs = Date.now();
  const isHere = Object.keys(told.processes).length > 0;
  const urls = [
    ...Object.values(endpoints.services as Record<string, unknown>),
    ...endpoints.validators.map(({rpc}) => rpc),
  ];
  const found = await Promise.all([
    ...Object.entries(told.management).map(([part, url]) => lookAtReadiness(part, url)),
    ...Object.entries(endpoints.services)
      .filter(([part]) => !(part in told.management))
      .map(([part, url]) => lookAtDoor(part, String(url))),
    lookAtValidators(
      endpoints.validators.map(({rpc}) => rpc),
      {chainId, nowMs},
    ),
    ...told.ipfsCluster.map((url, i) => lookAtUrl(`IPFS Cluster ${String(i)}`, new URL('/health', url))),
    ...told.kubo.map((url, i) => lookAtAddress(`kubo ${String(i)}`, new URL(url).host)),
    ...(told.kafka === undefined ? [] : [lookAtAddress('Kafka', told.kafka)]),
    ...(told.postgres === undefined ? [] : [lookAtAddress('PostgreSQL', new URL(told.postgres).host)]),
    ...(told.otlp === undefined ? [] : [lookAtAddress('Collector', new URL(told.otlp).host)]),
    lookAtClock(Object.entries(endpoints.services).map(([part, url]) => [part, String(url)])),
    ...urls
      .map(String)
      .filter((url) => url.startsWith('https:'))
      .map((url) => lookAtCertificate(url, url, nowMs)),
    ...told.organisations.flatMap(({keys}, i) =>
      // Where it runs its keys are; a copy of the file says where they are elsewhere.
      keys === undefined || !(isHere || existsSync(keys))
        ? []
        : ROLES.map((role) => lookAtKeyFile(`keys of organisation ${String(i)}`, join(keys, `${role}.key.json`))),
    ),
    Promise.resolve(Object.entries(told.processes).flatMap(([name, {pid}]) => lookAtProcess(name, pid))),
    ...(isHere ? [lookAtSpace('disk', dirname(file))] : []),
  ]);
  return found.flat();
}

function lookAtUrl(part: string, url: URL): Promise<readonly Finding[]> {
  return looked(part, FULL_OR_DOWN, async () => {
    const {ok: answers, status} = await fetch(url, {signal: AbortSignal.timeout(TIMEOUT_MS)});
    return [answers ? ok(part, 'answers') : broken(part, `answers ${String(status)}`, FULL_OR_DOWN)];
  });
}

const lookAtDoor = (part: string, url: string): Promise<readonly Finding[]> =>
  lookAtUrl(part, new URL('/openapi.json', url));

/** By the clocks of the services, whose answers have a date in whole seconds. */
async function lookAtClock(services: readonly (readonly [string, string])[]): Promise<readonly Finding[]> {
  const found = await Promise.all(
    services.map(async ([part, url]) => {
      try {
        const {headers} = await fetch(new URL('/openapi.json', url), {
          method: 'HEAD',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const date = Date.parse(headers.get('date') ?? '');
        return Number.isNaN(date) ? [] : [clockFinding(part, date, Date.now())];
      } catch {
        // That it does not answer is told once, elsewhere.
        return [];
      }
    }),
  );
  return found.flat();
}

function lookAtProcess(name: string, pid: number): Finding[] {
  try {
    process.kill(pid, 0);
    return [];
  } catch (error) {
    // Somebody else's, and there.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return [];
    return [
      broken(
        name,
        `its process ${String(pid)} is gone`,
        `Look at its log (make logs NAME=${name}), then make start NAME=${name}.`,
      ),
    ];
  }
}
