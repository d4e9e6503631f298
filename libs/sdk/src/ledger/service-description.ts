import {NotCanonicalError, decodeCanonical, equalBytes, keyId, slotOf, toHex} from '@vitalvault/contracts';
import type {GenesisOrganisation} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import type {DescribedKey, ServiceDescription} from '@vitalvault/contracts/gen/policy/v1/description';
import {DESCRIPTION_SECONDS, EnvelopeError, openServiceDescription} from '@vitalvault/envelope';
import type {ParsedGenesis} from '@vitalvault/light-client';
import type {ApiClient} from '../http/api-client.js';
import {SdkError} from '../sdk-error.js';
import {keysOfRole} from './genesis-keys.js';

const SKEW_SECONDS = 60;
const WHOSE_CLOCK = 'the clock of this device is wrong, or that of the service';

/** Whose policy service it is, by the word of that organisation's policy key. */
export interface DescribedService {
  /** Id, hexadecimal: what requests to this organisation are signed for. */
  organisation: string;
  /** As the genesis has it. */
  name: string;
  /** Unix seconds. */
  expiresAt: number;
}

/**
 * Asks a policy service whose it is, and checks the answer from the genesis. It tells mistakes, not thieves: whoever
 * passes requests on can show the true description too.
 * @throws SdkError `description-invalid`; what the service refuses
 * @spec docs/protocol.md §8.5
 */
export async function describedService(api: ApiClient, genesis: ParsedGenesis): Promise<DescribedService> {
  const {bytes} = await api.get('policy', '/.well-known/vitalvault', {
    accept: 'application/vnd.vitalvault.service-description.v1+protobuf, application/problem+json',
  });
  return verifyServiceDescription(bytes, {genesis, now: api.environment.now()});
}

/**
 * Checks canonical bytes of a SignedServiceDescription with nothing trusted but the genesis.
 * @param trust.now Unix milliseconds
 * @throws SdkError `description-invalid`
 */
export function verifyServiceDescription(
  bytes: Uint8Array,
  {genesis, now}: {genesis: ParsedGenesis; now: number},
): DescribedService {
  try {
    const signed = decodeCanonical(SignedServiceDescriptionSchema, bytes);
    if (signed.signature === undefined) throw refused('it is not signed');
    const description = openServiceDescription(signed, signed.signature);
    const organisation = genesis.genesis.organisations.find(({id}) => equalBytes(id, description.organisation));
    if (organisation === undefined) throw refused('it is of an organisation that the genesis does not have');
    const issuedSlot = slotOf(description.issuedAt);
    const {publicKey} = signed.signature;
    if (!keysOfRole(organisation, 'policy', issuedSlot).some((key) => equalBytes(key.publicKey, publicKey)))
      throw refused(`the key that signed it is no policy key of ${organisation.name}`);
    const fault = faultOf(description, {genesis, organisation, nowSeconds: BigInt(Math.floor(now / 1_000))});
    if (fault !== undefined) throw refused(fault);
    const {name} = organisation;
    return {organisation: toHex(organisation.id), name, expiresAt: Number(description.expiresAt)};
  } catch (cause) {
    if (cause instanceof NotCanonicalError || cause instanceof EnvelopeError) throw refused(cause.message, cause);
    throw cause;
  }
}

function faultOf(
  description: ServiceDescription,
  trust: {genesis: ParsedGenesis; organisation: GenesisOrganisation; nowSeconds: bigint},
): string | undefined {
  const {chainId, service, issuedAt, expiresAt} = description;
  if (chainId !== trust.genesis.chainId) return `it is of the ledger ${chainId}`;
  if (service !== 'policy') return `it is of a service "${service}"`;
  const [ahead, over] = [issuedAt - trust.nowSeconds, trust.nowSeconds - expiresAt];
  if (ahead > SKEW_SECONDS) return `it is of ${ahead} s from now: ${WHOSE_CLOCK}`;
  if (over > SKEW_SECONDS) return `it ended ${over} s ago: ${WHOSE_CLOCK}`;
  if (expiresAt < issuedAt || expiresAt > issuedAt + BigInt(DESCRIPTION_SECONDS)) return 'it holds for too long';
  return namesKeysOf(description, trust.organisation) ? undefined : 'it names other keys than the genesis';
}

// Until organisations' keys can change on the ledger, genesis is the last word on them.
function namesKeysOf({keys}: ServiceDescription, organisation: GenesisOrganisation): boolean {
  const known = organisation.keys.flatMap(({key, ...validity}) =>
    key === undefined ? [] : [nameOf({keyId: keyId(key), ...validity})],
  );
  return keys.map(nameOf).join() === known.join();
}

const nameOf = ({keyId: id, role, fromSlot, toSlot}: Pick<DescribedKey, 'keyId' | 'role' | 'fromSlot' | 'toSlot'>) =>
  `${toHex(id)}/${role}/${fromSlot}/${toSlot}`;

const refused = (detail: string, cause?: unknown): SdkError => new SdkError('description-invalid', {detail, cause});
