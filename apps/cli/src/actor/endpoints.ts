import {existsSync, readFileSync} from 'node:fs';
import {z} from 'zod';
import {CliError} from '../cli-error.js';

const organisationId = z.string().regex(/^[0-9a-f]{40}$/);

const endpointsFile = z
  .looseObject({
    /** A cluster's file leaves it to the genesis. */
    chainId: z.string().optional(),
    organisation: organisationId.optional(),
    /** Genesis file, if it does not lie beside this one. */
    genesis: z.string().optional(),
    organisations: z.array(z.looseObject({id: organisationId})).default([]),
    services: z.looseObject({ingest: z.url(), policy: z.url(), storage: z.url(), notify: z.url()}),
    validators: z.array(z.looseObject({rpc: z.url()})),
    // The first organisation is the one that runs the stack.
  })
  .transform((file) => ({...file, organisation: file.organisation ?? file.organisations[0]?.id ?? ''}));

/** What the launcher writes about a running system; a cluster's file has no processes. */
export type Endpoints = z.infer<typeof endpointsFile>;

/** @throws CliError `endpoints-missing`, `endpoints-invalid` */
export function readEndpoints(path: string): Endpoints {
  if (!existsSync(path))
    throw new CliError('endpoints-missing', `There is no ${path}.`, {
      remedy: 'Start the system with `make up`, or name its file with --endpoints FILE.',
    });
  try {
    return endpointsFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? cause.issues.map((issue) => issue.path.join('.')).join(', ') : 'no JSON';
    throw new CliError('endpoints-invalid', `${path} cannot be used: ${why}.`, {
      remedy: 'Start the system again with `make up`.',
      cause,
    });
  }
}
