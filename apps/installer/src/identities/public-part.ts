import {algorithmOf, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {ROLES} from '@vitalvault/genesis';
import type {GenesisValidator, Organisation} from '@vitalvault/genesis';
import {z} from 'zod';
import {InstallerError} from '../installer-error.js';
import type {Plan} from './plan.js';
import type {PublicKeys} from './read-keys.js';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${String(2 * bytes)}}$`));
const publicFile = z.strictObject({
  format: z.literal('vitalvault-public-part/1'),
  organisation: z.strictObject({
    id: hex(20),
    name: z.string().min(1).max(100),
    keys: z.array(
      z.strictObject({role: z.enum(ROLES), alg: z.int(), publicKey: z.string().regex(/^([0-9a-f]{2}){32,33}$/)}),
    ),
  }),
  validators: z.array(z.strictObject({publicKey: hex(32), nodeId: hex(20), address: z.string()})),
});

/** What a hospital tells the consortium of itself before there is a genesis: public keys only. */
export function publicPart(plan: Plan, keys: PublicKeys): string {
  const own = keys.organisations[plan.ownOrganisation];
  if (own === undefined) throw new InstallerError('The plan has no organisation of its own.');
  const file: z.infer<typeof publicFile> = {
    format: 'vitalvault-public-part/1',
    organisation: {
      id: own.id,
      name: own.name,
      keys: own.keys.map(({role, alg, publicKey}) => ({role, alg, publicKey: toHex(publicKey)})),
    },
    validators: keys.validators.map(({publicKey, nodeId}, i) => ({
      publicKey: toHex(publicKey),
      nodeId,
      address: plan.validators[i]?.address ?? '',
    })),
  };
  return JSON.stringify(file) + '\n';
}

/**
 * The organisation and validators of a public part. @param from where it came from, for messages. @throws
 * InstallerError
 */
export function parsePublicPart(
  text: string,
  from: string,
): {organisation: Organisation; validators: GenesisValidator[]} {
  let file: z.infer<typeof publicFile>;
  try {
    file = publicFile.parse(JSON.parse(text));
  } catch (error) {
    throw new InstallerError(
      `${from} is no public part of a hospital${error instanceof z.ZodError ? `: ${error.issues.map((issue) => issue.path.join('.')).join(', ')}` : ''}.`,
    );
  }
  const {id, name} = file.organisation;
  const keys = file.organisation.keys.map(({role, alg, publicKey}) => ({role, alg, publicKey: fromHex(publicKey)}));
  const admin = keys.find((key) => key.role === 'admin');
  const faults = ROLES.filter(
    (role) => keys.filter((key) => key.role === role && key.alg === algorithmOf(role)).length !== 1,
  ).map((role) => `it needs exactly one ${role} key`);
  if (admin !== undefined && toHex(keyId(admin)) !== id) faults.push('its id is not that of its admin key');
  if (faults.length > 0) throw new InstallerError(`${from}: ${faults.join('; ')}.`);
  return {
    organisation: {id, name, keys},
    validators: file.validators.map(({publicKey, nodeId}) => ({
      organisation: id,
      publicKey: fromHex(publicKey),
      nodeId,
    })),
  };
}
