import {z} from 'zod';
import {InstallerError} from '../installer-error.js';

const secretName = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'not a name that Kubernetes takes');
const organisation = z.strictObject({
  name: z.string().min(1).max(100),
  secrets: z.strictObject({
    admin: secretName,
    sponsor: secretName,
    ingest: secretName,
    storage: secretName,
    policy: secretName,
    release: secretName,
  }),
});

const planFile = z
  .strictObject({
    chainId: z.string().regex(/^[A-Za-z0-9][\w.-]{0,40}$/),
    mode: z.enum(['local', 'join']),
    ownOrganisation: z.int().min(0),
    organisations: z.array(organisation).min(1),
    validators: z
      .array(
        z.strictObject({
          organisation: z.int().min(0),
          secret: secretName,
          address: z.string().regex(/^[^\s:]+:\d{1,5}$/),
        }),
      )
      .min(1)
      .max(16),
    ipfs: z.strictObject({
      secret: secretName,
      peers: z.array(z.strictObject({kubo: z.string(), cluster: z.string()})).min(1),
    }),
    /** Names of the claims of the volumes that are of no use without keys, genesis and identities of the peers. */
    stores: z.strictObject({ledger: z.array(z.string()), ipfs: z.array(z.string())}),
    passwords: z.array(z.strictObject({secret: secretName, key: z.string().min(1)})),
    /** Of a genesis that is made here. */
    capacity: z.strictObject({keys: z.int(), leaves: z.int()}),
    /** What each validator of the release has, in MiB; limit 0: none. */
    memory: z.strictObject({heapMiB: z.int().min(1), limitMiB: z.int().min(0)}),
    configMap: secretName,
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    genesis: z.string().optional(),
  })
  .refine(
    (plan) =>
      plan.ownOrganisation < plan.organisations.length &&
      plan.validators.every((v) => v.organisation < plan.organisations.length),
    'an organisation is named that is not in the list',
  );

/** What must exist in a namespace before the first pod of a release starts; written by the chart. */
export type Plan = z.infer<typeof planFile>;

/** @throws InstallerError that names every fault */
export function parsePlan(text: string): Plan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InstallerError('The plan is no JSON.');
  }
  const {success, data, error} = planFile.safeParse(json);
  if (success) return data;
  throw new InstallerError(
    `The plan cannot be used:\n${error.issues.map((issue) => `  ${issue.path.join('.') || 'plan'}: ${issue.message}`).join('\n')}`,
  );
}
