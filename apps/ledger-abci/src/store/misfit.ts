import {fromBinary} from '@bufbuild/protobuf';
import {equalBytes} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {CommittedState} from './committed-state.js';
import type {SnapshotTip} from './snapshot-tip.js';

/**
 * Holds a state that was read against what its last block recorded, and builds its tree. @returns what does not fit;
 * undefined: all does
 */
export function misfitOf(tip: SnapshotTip | undefined, state: CommittedState): string | undefined {
  if (tip === undefined) return undefined;
  if (!equalBytes(state.rebuildTree(), tip.appHash))
    return `the state does not give the app hash that block ${tip.height} recorded`;
  for (const {kind, patient, tree} of state.logs()) {
    const bytes = state.get(kind, [patient]);
    const head = bytes && fromBinary(LogHeadSchema, bytes);
    if (head?.size !== BigInt(tree.size) || !equalBytes(head.root, tree.root()))
      return `a log of kind ${kind} does not give the root in the state`;
  }
  return undefined;
}
