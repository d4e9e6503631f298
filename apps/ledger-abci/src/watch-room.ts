import {load, sizeOf, SLOTS} from '@vitalvault/ledger-state';
import {gauge} from '@vitalvault/process';
import type {Ledger} from './ledger.js';

/** Gauges of the keys and leaves that the state has, beside the ceilings of the genesis: before they meet, act. */
export function watchRoom(ledger: Ledger): void {
  const most = () => load(ledger.state, SLOTS.parameters, []);
  gauge('vitalvault_ledger_keys', 'Keys of the state.', () => sizeOf(ledger.state).keys);
  gauge('vitalvault_ledger_leaves', 'Leaves of all logs.', () => sizeOf(ledger.state).leaves);
  gauge(
    'vitalvault_ledger_keys_ceiling',
    'Keys that the state may have; the last tenth is for rights.',
    () => most()?.maxKeys,
  );
  gauge(
    'vitalvault_ledger_leaves_ceiling',
    'Leaves that all logs may have; the last tenth is for rights.',
    () => most()?.maxLeaves,
  );
}
