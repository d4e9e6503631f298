import {DEFAULT_CAPACITY, leastRoom, memoryFor} from '@vitalvault/genesis';
import type {Capacity} from '@vitalvault/genesis';
import {randomBytes} from 'node:crypto';
import {mkdir, readdir, readFile} from 'node:fs/promises';
import {totalmem} from 'node:os';
import {ORGANISATION_NAMES} from '../genesis/organisation-keys.js';
import {LaunchError} from '../launch-error.js';
import {writeWhole} from '../process/files.js';
import {namesFor} from './names.js';
import {DEFAULT_PORT_BASE, MAX_VALIDATORS, portBaseFault} from './ports.js';
import type {Layout} from './layout.js';

/** What is fixed for a data directory; kept in $DATA/system.json, which also marks the directory as ours. */
export interface Settings {
  layout: 1;
  chainId: string;
  portBase: number;
  validators: number;
  capacity: Capacity;
}

/** What a program that keeps the files of a release of the chart puts into the same place. */
interface ReleaseMark {
  site: string;
  namespace: string;
  release: string;
}

export interface Wishes {
  portBase?: number | undefined;
  validators?: number | undefined;
  maxKeys?: number | undefined;
  maxLeaves?: number | undefined;
  /** Which processes are to start. */
  only?: string | undefined;
}

const DEFAULT_VALIDATORS = 4;

/** The settings of an existing data directory, undefined if it has none. */
export async function readSettings(layout: Layout): Promise<Settings | undefined> {
  const text = await readFile(layout.system, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let settings: Partial<Settings & ReleaseMark>;
  try {
    settings = JSON.parse(text) as Partial<Settings & ReleaseMark>;
  } catch {
    throw new LaunchError(`${layout.system} is damaged. Start afresh with \`make clean\` or another DATA=dir.`);
  }
  if (settings.site !== undefined)
    throw new LaunchError(
      `${layout.data} belongs to the ${settings.site} release ${settings.namespace ?? '?'}/${settings.release ?? '?'}, not to a system on this machine. Use another DATA=dir; nothing was changed.`,
    );
  if (settings.layout !== 1 || settings.capacity === undefined)
    throw new LaunchError(
      `${layout.data} was made by another version of VitalVault. Start afresh with \`make clean\` or another DATA=dir.`,
    );
  return settings as Settings;
}

/**
 * Settings for `up`: those of the data directory, or new ones written into it. The ports of a system that does not run
 * may change, the number of its validators may not: they are in its genesis.
 */
export async function settleSettings(
  layout: Layout,
  wishes: Wishes,
  anyRunning: (settings: Settings) => Promise<boolean>,
): Promise<Settings> {
  const fault = faultOf(wishes);
  if (fault !== undefined) throw new LaunchError(fault);
  const old = await readSettings(layout);
  const validators = old?.validators ?? wishes.validators ?? DEFAULT_VALIDATORS;
  namesFor(wishes.only ?? 'all', validators); // a name that means nothing leaves no directory behind
  if (old === undefined) {
    await requireFresh(layout);
    return await write(layout, newSettings(wishes, validators));
  }
  requireSame(layout, old, wishes);
  if (wishes.portBase === undefined || wishes.portBase === old.portBase) return old;
  if (await anyRunning(old)) {
    throw new LaunchError(
      `The system in ${layout.data} runs on PORT_BASE=${String(old.portBase)}. Use \`make down\` first, or another DATA=dir for a second system.`,
    );
  }
  return await write(layout, {...old, portBase: wishes.portBase});
}

function newSettings(wishes: Wishes, validators: number): Settings {
  const capacity = capacityOf(wishes, DEFAULT_CAPACITY);
  requireRoom(capacity, validators);
  requireMemory(capacity, validators);
  const chainId = `vitalvault-${randomBytes(3).toString('hex')}`;
  return {layout: 1, chainId, portBase: wishes.portBase ?? DEFAULT_PORT_BASE, validators, capacity};
}

/** What is in the genesis stays. */
function requireSame(layout: Layout, old: Settings, wishes: Wishes): void {
  const {keys, leaves} = capacityOf(wishes, old.capacity);
  if (keys !== old.capacity.keys || leaves !== old.capacity.leaves)
    throw new LaunchError(
      `The chain in ${layout.data} was made for ${roomOf(old.capacity)}, not ${roomOf({keys, leaves})}. Use another DATA=dir, or \`make clean\` first.`,
    );
  if (wishes.validators !== undefined && wishes.validators !== old.validators)
    throw new LaunchError(
      `The chain in ${layout.data} was made for ${String(old.validators)} validators, not ${String(wishes.validators)}. Use another DATA=dir, or \`make clean\` first.`,
    );
}

const capacityOf = ({maxKeys, maxLeaves}: Wishes, otherwise: Capacity): Capacity => ({
  keys: maxKeys ?? otherwise.keys,
  leaves: maxLeaves ?? otherwise.leaves,
});

const roomOf = ({keys, leaves}: Capacity): string => `${String(keys)} keys and ${String(leaves)} leaves`;

/** A genesis with less for each organisation is refused: before a directory is taken for it. */
function requireRoom(capacity: Capacity, validators: number): void {
  const {keys, leaves} = leastRoom({organisations: ORGANISATION_NAMES.length, validators});
  if (capacity.keys < keys || capacity.leaves < leaves)
    throw new LaunchError(
      `A ledger of ${String(ORGANISATION_NAMES.length)} organisations and ${String(validators)} validators needs room for ${String(keys)} keys and ${String(leaves)} leaves at the least, and --max-keys and --max-leaves say ${roomOf(capacity)}.`,
    );
}

/** A ledger that its machine cannot hold would stop for good when it is full. */
function requireMemory(capacity: Capacity, validators: number): void {
  const need = validators * memoryFor(capacity).memoryMiB;
  const has = Math.floor(totalmem() / 1_048_576);
  if (need > has)
    throw new LaunchError(
      `${String(validators)} validators of a ledger of ${roomOf(capacity)} need ${String(need)} MiB when it is full, and this machine has ${String(has)} MiB. Take less with --max-keys and --max-leaves, or fewer --validators.`,
    );
}

async function write(layout: Layout, settings: Settings): Promise<Settings> {
  await writeWhole(layout.system, JSON.stringify(settings, undefined, 2) + '\n');
  return settings;
}

function faultOf({portBase, validators}: Wishes): string | undefined {
  if (validators !== undefined && !(Number.isInteger(validators) && validators >= 1 && validators <= MAX_VALIDATORS)) {
    return `VALIDATORS must be a whole number from 1 to ${String(MAX_VALIDATORS)}`;
  }
  return portBase === undefined ? undefined : portBaseFault(portBase);
}

// `clean` deletes a data directory as a whole, so it must never hold anything that was there before.
async function requireFresh(layout: Layout): Promise<void> {
  await mkdir(layout.data, {recursive: true});
  if ((await readdir(layout.data)).length > 0) {
    throw new LaunchError(
      `${layout.data} is not empty and not a data directory of VitalVault. Give an empty or new one with DATA=dir.`,
    );
  }
}
