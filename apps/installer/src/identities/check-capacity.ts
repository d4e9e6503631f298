import {memoryFor} from '@vitalvault/genesis';
import {InstallerError} from '../installer-error.js';
import {parseGenesis} from './check-genesis.js';
import type {Plan} from './plan.js';

/**
 * Whether the validators of a release have the memory that its ledger may fill.
 * @throws InstallerError naming what it needs
 */
export function checkCapacity({memory: {heapMiB, limitMiB}}: Plan, genesis: string): void {
  const {parameters} = parseGenesis(genesis).genesis;
  const capacity = {keys: Number(parameters?.maxKeys), leaves: Number(parameters?.maxLeaves)};
  const need = memoryFor(capacity);
  if (need.heapMiB <= heapMiB && (limitMiB === 0 || need.memoryMiB <= limitMiB)) return;
  const has = `${String(heapMiB)} MiB of heap${limitMiB === 0 ? '' : ` in ${String(limitMiB)} MiB`}`;
  throw new InstallerError(
    `The genesis has room for ${String(capacity.keys)} keys and ${String(capacity.leaves)} leaves: a validator needs ${String(need.heapMiB)} MiB of heap in ${String(need.memoryMiB)} MiB, and has ${has}. Set validators.heapMiB and validators.resources.abci.limits.memory to that at least; the room of a chain never changes.`,
  );
}
