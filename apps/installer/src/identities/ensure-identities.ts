import {renderGenesis, uniqueChainId} from '@vitalvault/genesis';
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
import {unsignedUntil} from './unsigned-until.js';

/**
 * Makes what is missing of a plan's Secrets, then the ConfigMap with the genesis, and nothing that is there. The
 * ConfigMap comes last: while it is missing a run that was cut short is simply repeated; once it stands, a missing key
 * of the genesis is a fault, because no new key could take its place. Two runs at once agree: of each object the first
 * one made counts.
 * @throws InstallerError that says what to do
 */
export async function ensureIdentities(plan: Plan, options: EnsureOptions): Promise<void> {
  const {store, say} = options;
  const standing = await store.read('configmap', plan.configMap);
  const secrets = await ensureSecrets(plan, standing !== undefined, options);
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

async function ensureSecrets(
  plan: Plan,
  genesisStands: boolean,
  {store, say}: EnsureOptions,
): Promise<Map<string, Texts>> {
  const secrets = new Map<string, Texts>();
  const missing: WantedSecret[] = [];
  for (const wanted of wantedSecrets(plan)) {
    const texts = await store.read('secret', wanted.name);
    if (texts === undefined) missing.push(wanted);
    else secrets.set(wanted.name, texts);
  }
  const lost = genesisStands ? missing.filter((wanted) => wanted.inGenesis) : [];
  if (lost.length > 0) {
    throw new InstallerError(
      `The genesis in ConfigMap ${plan.configMap} was made with keys that are not here:\n${lost.map(({name, what}) => `  Secret ${name}: ${what}`).join('\n')}\nRestore them from your backup. New ones cannot take their place; a plan with more validators or organisations needs a new chain.`,
    );
  }
  for (const {name, what, make} of missing) {
    secrets.set(name, await store.create('secret', name, make()));
    say(`made Secret ${name}: ${what}`);
  }
  if (missing.length === 0) say('every Secret is there; none was changed');
  return secrets;
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
