import {getHeapStatistics} from 'node:v8';
import {totalmem} from 'node:os';
import {memoryFor} from '@vitalvault/genesis';
import type {Capacity, MemoryNeed} from '@vitalvault/genesis';
import {load, SLOTS} from '@vitalvault/ledger-state';
import type {Logger, Readiness} from '@vitalvault/process';
import type {Ledger} from '../ledger.js';

const MIB = 1_048_576;

/** Heap and memory that this process may take. */
export function ownMemory(): MemoryNeed {
  const limit = process.constrainedMemory();
  return {
    heapMiB: Math.floor(getHeapStatistics().heap_size_limit / MIB),
    memoryMiB: Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / MIB),
  };
}

/** Why a process with so much memory could not hold a full ledger, and what it needs; undefined: it could. */
export function memoryFault({keys, leaves}: Capacity, has: MemoryNeed): string | undefined {
  const need = memoryFor({keys, leaves});
  if (has.heapMiB >= need.heapMiB && has.memoryMiB >= need.memoryMiB) return undefined;
  return (
    `the genesis has room for ${String(keys)} keys and ${String(leaves)} leaves: this validator needs ` +
    `a heap of ${String(need.heapMiB)} MiB (--max-old-space-size) in ${String(need.memoryMiB)} MiB, ` +
    `and has ${String(has.heapMiB)} MiB in ${String(has.memoryMiB)} MiB`
  );
}

/** A ledger that outgrows its validators stops for good: said from the first block on, while there is time. */
export function watchMemory(ledger: Ledger, {readiness, logger}: {readiness: Readiness; logger: Logger}): () => void {
  const has = ownMemory();
  let said = false;
  const fault = (): string | undefined => {
    const parameters = load(ledger.state, SLOTS.parameters, []);
    if (parameters === undefined) return undefined;
    const found = memoryFault({keys: Number(parameters.maxKeys), leaves: Number(parameters.maxLeaves)}, has);
    if (found !== undefined && !said) logger.error(found, {});
    said = true;
    return found;
  };
  readiness.add('memory', fault, {needed: false});
  return () => {
    if (!said) fault();
  };
}
