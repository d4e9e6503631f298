import {load, sizeOf, SLOTS} from '@vitalvault/ledger-state';
import {meter} from '@vitalvault/process';
import type {Ledger} from './ledger.js';

/** Gauges of the keys and leaves that the state has, beside the ceilings of the genesis: before they meet, act. */
export function watchRoom(ledger: Ledger): void {
  const gauge = (name: string, description: string, value: () => bigint | undefined): void => {
    meter()
      .createObservableGauge(`vitalvault_ledger_${name}`, {description})
      .addCallback((result) => {
        const now = value();
        if (now !== undefined) result.observe(Number(now));
      });
  };
  const most = () => load(ledger.state, SLOTS.parameters, []);
  gauge('keys', 'Keys of the state.', () => sizeOf(ledger.state).keys);
  gauge('leaves', 'Leaves of all logs.', () => sizeOf(ledger.state).leaves);
  gauge('keys_ceiling', 'Keys that the state may have; the last tenth is for rights.', () => most()?.maxKeys);
  gauge('leaves_ceiling', 'Leaves that all logs may have; the last tenth is for rights.', () => most()?.maxLeaves);
}
