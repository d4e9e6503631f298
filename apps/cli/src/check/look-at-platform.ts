import {toHex} from '@vitalvault/contracts';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {ApiClient, describedService} from '@vitalvault/sdk';
import type {ServiceName, VerifiedLedger} from '@vitalvault/sdk';
import type {Endpoints} from '../actor/endpoints.js';
import {expected} from './checklist.js';
import type {Checklist} from './checklist.js';

/** What can be asked of a ledger without writing on it. */
export interface LedgerToSee {
  ledger: VerifiedLedger;
  /** App hash of one height as every validator gives it. */
  appHashes: () => Promise<{height: number; hashes: string[]}>;
}

const SERVICES: readonly ServiceName[] = ['ingest', 'policy', 'storage', 'notify'];

/** @returns the slot of the newest block @throws CheckFailed */
export async function lookAtLedger(list: Checklist, {ledger, appHashes}: LedgerToSee): Promise<number> {
  await list.hold('all validators agree on the app hash of one height', async () => {
    const {height, hashes} = await appHashes();
    expected(
      hashes.length > 0 && new Set(hashes).size === 1,
      `at height ${height}: ${hashes.join(', ') || 'no validator is known'}`,
    );
  });
  return list.hold("the newest header is signed by the genesis' validators and fresh", () => ledger.slot());
}

/**
 * Whether each service answers, and whose they are by the word of a policy key of the genesis.
 * @returns id of that organisation, hexadecimal
 * @throws CheckFailed
 */
export async function lookAtServices(
  list: Checklist,
  {services, genesis}: {services: Endpoints['services']; genesis: ParsedGenesis},
): Promise<string> {
  // Whose requests they are goes into signatures, and nothing is signed here.
  const organisation = toHex(genesis.genesis.organisations[0]?.id ?? new Uint8Array(20));
  const api = new ApiClient({endpoints: services, organisation});
  for (const service of SERVICES) await list.hold(`${service} answers`, () => api.get(service, '/openapi.json'));
  const described = await list.hold('the policy service is signed for by an organisation of the genesis', () =>
    describedService(api, genesis),
  );
  return described.organisation;
}
