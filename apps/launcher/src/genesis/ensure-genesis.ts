import {
  cometAddress,
  generateEd25519,
  keyFromCometJson,
  nodeKeyJson,
  organisationOfValidator,
  privValidatorKeyJson,
  renderGenesis,
  ROLES,
  validatorStateJson,
} from '@vitalvault/genesis';
import type {Ed25519Key, Organisation} from '@vitalvault/genesis';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {LaunchError} from '../launch-error.js';
import {createOnce, exists, readPrivate, writeWhole} from '../process/files.js';
import {keyFile, loadOrganisation, ORGANISATION_NAMES} from './organisation-keys.js';
import type {Layout} from '../plan/layout.js';
import type {Settings} from '../plan/settings.js';

export interface Identities {
  organisations: Organisation[];
  /** CometBFT node ids, by validator. */
  nodeIds: string[];
}

/** What a validator has signed, where its record is missing. */
export interface SignedUpTo {
  /** Nothing up to it is signed again; 0: the key never signed. */
  height: bigint;
  /** Also when it is below what other validators of this disk have signed. */
  insist: boolean;
}

/**
 * Makes the organisations' and validators' keys and the genesis, once: what exists is read and never made again, and
 * after the genesis stands a missing key is a fault, since no new one could take its place. So is a missing record of
 * what a key signed: with an empty one it would sign twice.
 * @param signedUpTo takes the place of a record that is missing
 * @throws LaunchError also when it is lower than can be right
 */
export async function ensureGenesis(layout: Layout, settings: Settings, signedUpTo?: SignedUpTo): Promise<Identities> {
  const begun = await exists(layout.genesis);
  if (begun) {
    await requireOwn(layout, settings.chainId);
    await requireKeys(layout, settings.validators);
    await requireSignStates(layout, settings.validators, signedUpTo);
  }
  const organisations = await Promise.all(
    ORGANISATION_NAMES.map((name, i) => loadOrganisation(layout.organisation(i), name)),
  );
  const validators = [];
  const nodeIds = [];
  for (let i = 0; i < settings.validators; i++) {
    const {home} = layout.validator(i);
    await createOnce(validatorKeyFile(home), () => privValidatorKeyJson(generateEd25519()), 0o600);
    await createOnce(nodeKeyFile(home), () => nodeKeyJson(generateEd25519()), 0o600);
    await createOnce(
      signStateFile(home),
      () => validatorStateJson(begun && signedUpTo ? signedUpTo.height : 0n),
      0o600,
    );
    const key = await cometKey(validatorKeyFile(home));
    const nodeId = cometAddress((await cometKey(nodeKeyFile(home))).publicKey);
    validators.push({
      organisation: organisations[organisationOfValidator(i, settings.validators, organisations.length)]?.id ?? '',
      publicKey: key.publicKey,
      nodeId,
    });
    nodeIds.push(nodeId);
  }
  if (!(await exists(layout.genesis))) {
    const text = renderGenesis({
      chainId: settings.chainId,
      genesisTime: new Date().toISOString(),
      organisations,
      validators,
      capacity: settings.capacity,
    });
    await writeWhole(layout.genesis, text);
  }
  const genesis = await readFile(layout.genesis, 'utf8');
  for (let i = 0; i < settings.validators; i++)
    await writeWhole(join(layout.validator(i).home, 'config', 'genesis.json'), genesis);
  return {organisations, nodeIds};
}

/** On a chain that has begun: with a record that is too low a validator would sign a second time at one height. */
async function requireSignStates(layout: Layout, validators: number, signedUpTo?: SignedUpTo): Promise<void> {
  const files = Array.from({length: validators}, (_, i) => signStateFile(layout.validator(i).home));
  const there = await Promise.all(files.map(exists));
  const missing = files.find((_, i) => !there[i]);
  if (missing === undefined || signedUpTo?.insist === true) return;
  const heights = await Promise.all(files.filter((_, i) => there[i]).map(signedHeight));
  const largest = heights.reduce((most, height) => (height > most ? height : most), 0n);
  const least = largest + 1n;
  if (signedUpTo === undefined)
    throw new LaunchError(
      `${missing} is missing: nothing says what this validator has signed, and signing a second time at one height is an attack. Put the file back. If it is gone, take the largest "height" of the same file of the other validators and add 1, which is ${least} here: \`make up SIGNED_UP_TO=HEIGHT\` (0: it never signed). docs/operations/one-machine.md says more.`,
    );
  if (signedUpTo.height >= least || largest === 0n) return;
  throw new LaunchError(
    `${missing} is missing, and SIGNED_UP_TO=${signedUpTo.height} is too low: another validator has signed at height ${largest}, so this one may have too. The least that can be right is \`make up SIGNED_UP_TO=${least}\`. If you know that this key signed nothing above ${signedUpTo.height}, add INSIST=1.`,
  );
}

async function signedHeight(file: string): Promise<bigint> {
  try {
    return BigInt((JSON.parse(await readFile(file, 'utf8')) as {height: string}).height);
  } catch {
    throw new LaunchError(`${file} is damaged: nothing says what this validator has signed. Put it back as it was.`);
  }
}

const signStateFile = (home: string) => join(home, 'data', 'priv_validator_state.json');
const validatorKeyFile = (home: string) => join(home, 'config', 'priv_validator_key.json');
const nodeKeyFile = (home: string) => join(home, 'config', 'node_key.json');

async function cometKey(file: string): Promise<Ed25519Key> {
  const key = keyFromCometJson(await readPrivate(file));
  if (key === undefined)
    throw new LaunchError(`${file} is no key of CometBFT. Put the old one back, or \`make clean\`.`);
  return key;
}

/** Before it is copied to the validators: it may have been written over by what another system left. */
async function requireOwn(layout: Layout, chainId: string): Promise<void> {
  const found = chainOf(await readFile(layout.genesis, 'utf8'));
  if (found === chainId) return;
  const copy = join(layout.validator(0).home, 'config', 'genesis.json');
  const whole = chainOf(await readFile(copy, 'utf8').catch(() => '')) === chainId;
  throw new LaunchError(
    `${layout.genesis} is of the chain ${found ?? '(none: it is damaged)'}, the system in ${layout.data} is ${chainId}: another program wrote over it. ${
      whole ? `Put it back: cp ${copy} ${layout.genesis}` : 'Start afresh with `make clean`, or use another DATA=dir.'
    }`,
  );
}

function chainOf(genesis: string): string | undefined {
  try {
    const {chain_id: chainId} = JSON.parse(genesis) as {chain_id?: unknown};
    return typeof chainId === 'string' ? chainId : undefined;
  } catch {
    return undefined;
  }
}

async function requireKeys(layout: Layout, validators: number): Promise<void> {
  const files = [
    ...ORGANISATION_NAMES.flatMap((_, i) => ROLES.map((role) => keyFile(layout.organisation(i), role))),
    ...Array.from({length: validators}, (_, i) => layout.validator(i).home).flatMap((home) => [
      validatorKeyFile(home),
      nodeKeyFile(home),
    ]),
  ];
  for (const file of files) {
    if (!(await exists(file)))
      throw new LaunchError(
        `${file} is missing, but the genesis in ${layout.data} was made with it. Put it back, or start afresh with \`make clean\`.`,
      );
  }
}
