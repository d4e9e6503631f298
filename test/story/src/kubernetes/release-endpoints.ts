import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {componentOf} from './objects.js';
import type {Pod, Service} from './objects.js';
import type {Reach, Target} from './reach.js';
import type {Release} from './release.js';

/** Ports of the chart's Services. */
export const PORT = {
  http: 8080,
  management: 8081,
  rpc: 26657,
  gateway: 8082,
  clusterRest: 9094,
  kafka: 9092,
  postgres: 5432,
  otlpHttp: 4318,
} as const;
const SERVICES = ['ingest', 'policy', 'storage', 'notify'] as const;

const organisations = z.array(z.looseObject({id: z.string(), name: z.string()}));

export function targetOf(service: Service, port: number): Target {
  const {clusterIP} = service.spec;
  return {
    kind: 'service',
    name: service.metadata.name,
    ip: clusterIP === '' || clusterIP === 'None' ? undefined : clusterIP,
    port,
  };
}

const podTarget = ({metadata: {name}, status: {podIP}}: Pod, port: number): Target => ({
  kind: 'pod',
  name,
  ip: podIP === '' ? undefined : podIP,
  port,
});

/** No Service leads to the management ports: one pod of each is asked itself, where there is one. */
async function management(release: Release, url: (to: Target) => Promise<string>): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for (const name of SERVICES) {
    const [pod] = await release.pods(name);
    if (pod !== undefined) found.push([name, await url(podTarget(pod, PORT.management))]);
  }
  return Object.fromEntries(found);
}

/**
 * Writes the genesis and the addresses of a release into a directory, as the launcher does for processes, so that `vv`
 * works with it from this machine.
 * @param urls of services that are reached through an Ingress or a Gateway, by name
 */
export async function writeReleaseEndpoints(
  release: Release,
  reach: Reach,
  data: string,
  urls: Readonly<Record<string, string>> = {},
): Promise<void> {
  const consortium = await release.consortium();
  const url = async (target: Target): Promise<string> => `http://${await reach.addressOf(target)}`;
  const service = (part: string, port: number) => url(targetOf(release.service(part), port));
  const pods = (await release.pods('ipfs')).filter((pod) => componentOf(pod) === 'ipfs');
  const endpoints = {
    chainId: consortium['chain-id'],
    organisation: consortium['organisation'],
    organisations: organisations.parse(JSON.parse(consortium['organisations.json'] ?? '[]')),
    services: Object.fromEntries(
      await Promise.all(SERVICES.map(async (name) => [name, urls[name] ?? (await service(name, PORT.http))])),
    ) as Record<string, string>,
    management: await management(release, url),
    validators: await Promise.all(
      release.validators().map(async (n) => ({rpc: await service(`validator-${n}`, PORT.rpc)})),
    ),
    ipfsCluster: await Promise.all(pods.map((pod) => url(podTarget(pod, PORT.clusterRest)))),
    kubo: await Promise.all(pods.map((pod) => url(podTarget(pod, PORT.gateway)))),
    otlp: await service('otel', PORT.otlpHttp),
  };
  writeFileSync(join(data, 'genesis.json'), consortium['genesis.json'] ?? '');
  writeFileSync(join(data, 'endpoints.json'), `${JSON.stringify(endpoints, undefined, 2)}\n`);
}
