import {LIMITS} from '@vitalvault/contracts';

/** The hour of a slot as people write it, UTC. */
export function hourText(slot: number): string {
  const hour = new Date(slot * LIMITS.slotSeconds * 1000);
  // The last slots that there are lie in years that no calendar of ours has.
  return Number.isNaN(hour.getTime()) ? `hour ${slot}` : `${hour.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
