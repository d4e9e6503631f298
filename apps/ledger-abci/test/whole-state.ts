import {toHex} from '@vitalvault/contracts';
import type {RunningLedger} from './scratch-ledger.js';

/**
 * All that a process has after its last block, as text: the block, the root of its tree, every value and every leaf of
 * every log by its bytes. Two app hashes are equal where two states are not: a value that no tree holds, the bytes of a
 * value that was changed in its place. No snapshot may be in writing.
 */
export function wholeState({ledger}: RunningLedger): Readonly<Record<string, unknown>> {
  const {state, tip} = ledger;
  const frozen = state.freeze();
  try {
    const values = [...frozen.values()].map(({name, value}) => [toHex(Buffer.from(name, 'latin1')), toHex(value)]);
    const logs = [...frozen.logs()].map(({log: {kind, patient}, size}) => [
      `${kind} ${toHex(patient)}`,
      Array.from({length: size}, (_, index) => toHex(ledger.readLeaf(kind, patient, index))),
    ]);
    return {
      tip: tip && {...tip, appHash: toHex(tip.appHash)},
      root: toHex(state.tree.root),
      values: Object.fromEntries(values) as unknown,
      logs: Object.fromEntries(logs) as unknown,
    };
  } finally {
    state.thaw();
  }
}
