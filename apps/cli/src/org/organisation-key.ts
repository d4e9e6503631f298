import {equalBytes, fromHex, ORG_ROLE, slotOf, toHex} from '@vitalvault/contracts';
import {parseGenesis} from '@vitalvault/light-client';
import {Organisation} from '@vitalvault/sdk';
import type {NonceStore, StoredKey} from '@vitalvault/sdk';
import {z} from 'zod';
import {FileNonceStore} from '../actor/file-nonce-store.js';
import {readSecretFile} from '../actor/key-file.js';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';

export interface OrganisationKeyOptions {
  key: string;
}

/** Roles whose keys the ledger takes for something, in the order in which they are named to people. */
export type OfficeRoles = readonly ['sponsor'] | readonly ['sponsor', 'admin'];

const keyFile = z.object({
  alg: z.literal(1),
  publicKey: z.string().regex(/^[0-9a-f]{66}$/),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * The office that a key file belongs to; the genesis says which organisation that is, and whether its key has a role
 * that the ledger takes for what is to be signed. @param more.nonces default: a file beside the key
 * @throws CliError `key-unknown`, `key-role`: before anything is signed that could only be refused
 */
export function openOrganisation(
  session: Session,
  {
    key: path,
    nonces = new FileNonceStore(`${path.replace(/\.json$/, '')}.nonces.json`),
  }: OrganisationKeyOptions & {nonces?: NonceStore},
  roles: OfficeRoles,
): {office: Organisation; name: string} {
  const key = readOrganisationKey(path);
  const publicKey = fromHex(key.publicKey);
  const organisation = parseGenesis(session.genesis()).genesis.organisations.find(({keys}) =>
    keys.some((known) => known.key !== undefined && equalBytes(known.key.publicKey, publicKey)),
  );
  if (organisation === undefined)
    throw new CliError('key-unknown', `${path} is no key of an organisation of this ledger.`, {
      remedy: `Use a ${roles.join(' or ')} key of an organisation in the genesis.`,
    });
  const slot = slotOf(Math.floor(Date.now() / 1_000));
  const usable = organisation.keys.some(
    ({key: known, role, fromSlot, toSlot}) =>
      known !== undefined &&
      equalBytes(known.publicKey, publicKey) &&
      roles.some((name) => ORG_ROLE[name] === role) &&
      fromSlot <= slot &&
      (toSlot === 0 || slot <= toSlot),
  );
  if (!usable)
    throw new CliError(
      'key-role',
      `${path} is no ${roles.join(' or ')} key that is in force: the ledger would refuse it.`,
      {remedy: `Use the ${roles.map((name) => `${name}.key.json`).join(' or ')} of ${organisation.name}.`},
    );
  // An office calls its own services, where the endpoints do not say whose they are.
  if (session.endpoints.organisation === '') session.calls(toHex(organisation.id));
  return {
    office: new Organisation({organisation: toHex(organisation.id), key, ledger: session.ledger, nonces}),
    name: organisation.name,
  };
}

/** @throws CliError `key-file-invalid`, which tells nothing of the file */
export function readOrganisationKey(path: string): StoredKey {
  try {
    return keyFile.parse(JSON.parse(readSecretFile(path)));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('key-file-invalid', `${path} holds no signing key.`, {
      remedy: 'Name the sponsor.key.json of the organisation.',
    });
  }
}
