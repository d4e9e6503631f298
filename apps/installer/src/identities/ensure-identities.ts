import {parseIpfsIdentities, renderGenesis, uniqueChainId} from '@vitalvault/genesis';
import {GenesisAwaited, InstallerError} from '../installer-error.js';
import {checkCapacity} from './check-capacity.js';
import {checkGenesis} from './check-genesis.js';
import {consortiumTexts} from './consortium.js';
import type {EnsureOptions} from './ensure-options.js';
import {wantedSecrets} from './make-keys.js';
import type {WantedSecret} from './make-keys.js';
import type {Texts} from './object-store.js';
import type {Plan} from './plan.js';
import {publicPart} from './public-part.js';
import {publicKeys} from './read-keys.js';
import type {PublicKeys} from './read-keys.js';
import {standingStores} from './standing-stores.js';
import type {StandingStores} from './standing-stores.js';
import {unsignedUntil} from './unsigned-until.js';

/**
 * Makes what is missing of a plan's Secrets, then the ConfigMap with the genesis, and nothing that is there. The
 * ConfigMap comes last: while it is missing a run that was cut short is simply repeated; once it stands, or a volume of
 * its validators does, a missing key of the genesis is a fault, because no new key could take its place. The same goes
 * for the identities of IPFS peers whose volumes stand. Two runs at once agree: of each object the first one made
 * counts.
 * @throws InstallerError that says what to do
 */
export async function ensureIdentities(plan: Plan, options: EnsureOptions): Promise<void> {
  const {store, say} = options;
  const standing = await store.read('configmap', plan.configMap);
  const stores = await standingStores(plan, store);
  if (standing === undefined && plan.genesis === undefined) refuseAnotherLedger(plan, stores);
  const secrets = await ensureSecrets(plan, {genesisStands: standing !== undefined, stores}, options);
  checkPeers(plan, secrets);
  const keys = publicKeys(plan, secrets);
  if (standing !== undefined) {
    checkStanding(plan, keys, standing);
    say(`the genesis in ConfigMap ${plan.configMap} fits all keys; nothing of it was changed`);
    return;
  }
  const genesis = await genesisOf(plan, keys, options);
  checkGenesis(plan, keys, genesis);
  checkCapacity(plan, genesis);
  const texts = consortiumTexts(plan, keys, genesis, await unsignedUntil(plan, genesis, options));
  const stands = await store.create('configmap', plan.configMap, texts);
  checkStanding(plan, keys, stands);
  say(`made ConfigMap ${plan.configMap} with the genesis of ${texts['chain-id'] ?? ''}`);
}

function refuseAnotherLedger({configMap}: Plan, {ledger}: StandingStores): void {
  if (ledger.length === 0) return;
  throw new InstallerError(
    `The genesis is gone (ConfigMap ${configMap}), and volumes of its validators are here (${ledger.join(', ')}): a genesis made anew is another ledger. Restore keys and genesis from your backup (UPGRADING.md). If that ledger is to be given up with all that stands on it, delete these claims first.`,
  );
}

interface Standing {
  genesisStands: boolean;
  stores: StandingStores;
}

async function ensureSecrets(plan: Plan, standing: Standing, {store, say}: EnsureOptions): Promise<Map<string, Texts>> {
  const secrets = new Map<string, Texts>();
  const missing: WantedSecret[] = [];
  for (const wanted of wantedSecrets(plan)) {
    const texts = await store.read('secret', wanted.name);
    if (texts === undefined) missing.push(wanted);
    else secrets.set(wanted.name, texts);
  }
  refuseLost(plan, missing, standing);
  for (const {name, what, make} of missing) {
    secrets.set(name, await store.create('secret', name, make()));
    say(`made Secret ${name}: ${what}`);
  }
  if (missing.length === 0) say('every Secret is there; none was changed');
  return secrets;
}

function refuseLost(plan: Plan, missing: readonly WantedSecret[], {genesisStands, stores}: Standing): void {
  const lines = (of: WantedSecret['of']): string[] =>
    missing.filter((wanted) => wanted.of === of).map(({name, what}) => `  Secret ${name}: ${what}`);
  const keys = genesisStands || stores.ledger.length > 0 ? lines('ledger') : [];
  if (keys.length > 0)
    throw new InstallerError(
      `The genesis in ConfigMap ${plan.configMap} was made with keys that are not here:\n${keys.join('\n')}\nRestore them from your backup. New ones cannot take their place; a plan with more validators or organisations needs a new chain.`,
    );
  const peers = stores.ipfs.length > 0 ? lines('ipfs') : [];
  if (peers.length > 0)
    throw new InstallerError(
      `What the IPFS peers are is not here, and volumes of theirs are (${stores.ipfs.join(', ')}):\n${peers.join('\n')}\nRestore it from your backup. Peers made anew would not know what those volumes hold, nor be found where the ledger's records say. If these volumes are to be given up, delete their claims first.`,
    );
}

function checkPeers({ipfs}: Plan, secrets: ReadonlyMap<string, Texts>): void {
  const identities = parseIpfsIdentities(secrets.get(ipfs.secret)?.['identities.json'] ?? '');
  if (identities === undefined)
    throw new InstallerError(`Secret ${ipfs.secret}: identities.json is none of IPFS peers.`);
  const there = Math.min(identities.kubo.length, identities.cluster.length);
  if (there < ipfs.peers.length)
    throw new InstallerError(
      `Secret ${ipfs.secret} has the identities of ${String(there)} IPFS peers, and ipfs.peers is ${String(ipfs.peers.length)}. Give it those of the others first: \`installer ipfs-identities\` adds them (UPGRADING.md, More IPFS peers).`,
    );
}

async function genesisOf(plan: Plan, keys: PublicKeys, {store, now, say}: EnsureOptions): Promise<string> {
  if (plan.genesis !== undefined) return plan.genesis;
  const validators = keys.validators.map(({publicKey, nodeId}, i) => ({
    organisation: keys.organisations[plan.validators[i]?.organisation ?? 0]?.id ?? '',
    publicKey,
    nodeId,
  }));
  const origin = {genesisTime: now().toISOString(), organisations: keys.organisations, validators};
  if (plan.mode === 'local')
    return renderGenesis({
      chainId: uniqueChainId({...origin, name: plan.chainId}),
      genesisTime: origin.genesisTime,
      organisations: keys.organisations,
      validators,
      capacity: plan.capacity,
    });
  const name = `${plan.configMap}-public`;
  const part = publicPart(plan, keys);
  const stands = await store.create('configmap', name, {
    'public.json': part,
    'waiting-since': String(Math.floor(now().getTime() / 1_000)),
  });
  if (stands['public.json'] !== part)
    throw new InstallerError(
      `ConfigMap ${name} holds another public part than that of the keys that are here. If nobody has been sent that one, delete it (kubectl delete configmap ${name}) and install again.`,
    );
  say(part.trimEnd());
  throw new GenesisAwaited(
    `The keys of this hospital are made; a genesis is not given yet. Send the consortium the public part (ConfigMap ${name}, also printed above), and install again with the genesis that comes back (validators.join.genesis).`,
  );
}

function checkStanding(plan: Plan, keys: PublicKeys, standing: Texts): void {
  const text = standing['genesis.json'];
  if (text === undefined)
    throw new InstallerError(
      `ConfigMap ${plan.configMap} has no genesis.json. It is not ours, or somebody has emptied it.`,
    );
  checkGenesis(plan, keys, text);
  checkCapacity(plan, text);
  if (plan.genesis !== undefined && plan.genesis.trim() !== text.trim()) {
    throw new InstallerError(
      `Another genesis is given than the one in ConfigMap ${plan.configMap}. A running chain keeps its genesis: give that one, or take another release name.`,
    );
  }
}
