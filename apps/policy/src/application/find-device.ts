import {slotOf} from '@vitalvault/contracts';
import type {Device, Registration} from '@vitalvault/contracts/gen/ledger/v1/state';
import {positionAtLeast} from './freshness.js';
import type {ChainPosition, Id, Projection} from './ports.js';

/** A device and one of its registrations, as of a block. */
export interface FoundDevice {
  readonly at: ChainPosition;
  readonly blockSlot: number;
  readonly device: Device | undefined;
  /** Undefined: it was never registered under that number. */
  readonly registration: Registration | undefined;
}

/** Looks up a registration for the gateway. */
export class FindDevice {
  constructor(private readonly ports: {projection: Projection}) {}

  /** @param registration 0: the newest one. */
  async execute(id: Id, registration: number): Promise<FoundDevice> {
    // The position first: what is read after it is at least as new.
    const at = await positionAtLeast(this.ports.projection, undefined);
    const device = await this.ports.projection.device(id);
    const newest = device?.registration ?? 0;
    const number = registration === 0 ? newest : registration;
    return {
      at,
      blockSlot: slotOf(at.timeSeconds),
      device,
      registration: number > newest ? undefined : await this.ports.projection.registration(id, number),
    };
  }
}
