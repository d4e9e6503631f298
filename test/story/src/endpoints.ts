import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {StoryError} from './story-error.js';

const endpointsFile = z
  .looseObject({
    chainId: z.string(),
    organisation: z.string().optional(),
    organisations: z.array(z.looseObject({id: z.string()})).default([]),
    services: z.looseObject({ingest: z.url(), policy: z.url(), storage: z.url(), notify: z.url()}),
    /** Where a process tells of its health, by its name. */
    management: z.record(z.string(), z.url()).default({}),
    validators: z.array(z.looseObject({rpc: z.url()})),
    ipfsCluster: z.array(z.url()).default([]),
    kubo: z.array(z.url()).default([]),
    kafka: z.string().default(''),
    postgres: z.string().default(''),
    otlp: z.string().default(''),
    processes: z.record(z.string(), z.looseObject({pid: z.number()})).default({}),
  })
  // The first organisation is the one that runs the stack.
  .transform((file) => ({...file, organisation: file.organisation ?? file.organisations[0]?.id ?? ''}));

/** Where everything of the system is, the engines too. A cluster's has no processes. */
export type Endpoints = z.infer<typeof endpointsFile>;

/** Those of a system's folder. @throws StoryError */
export function readEndpoints(folder: string): Endpoints {
  try {
    return endpointsFile.parse(JSON.parse(readFileSync(join(folder, 'endpoints.json'), 'utf8')));
  } catch (cause) {
    throw new StoryError(`${folder} has no endpoints.json of a system.`, {
      remedy: 'Start the system with `make up`, or name its folder with --data.',
      cause,
    });
  }
}
