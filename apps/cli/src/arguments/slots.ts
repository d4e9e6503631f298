import {argument, timeMs, wrongArgument} from '@vitalvault/arguments';
import {slotOf} from '@vitalvault/contracts';

const HOURS: Readonly<Record<string, number>> = {h: 1, d: 24, y: 8766};
/** A slot is a uint32 wherever it goes. */
const LAST_SLOT = 2 ** 32 - 1;

/**
 * A slot (hour since the Unix epoch) from what a person writes: `now`, `+12h`, `-30d`, `+1y`, an ISO date or time (UTC
 * unless it says otherwise), or `slot:405321`.
 * @param nowMs Unix milliseconds
 * @throws InvalidArgumentError of commander for anything else, and for hours before 1970 or that no slot counts
 */
export function parseSlot(text: string, nowMs: number): number {
  const slot = slotIn(text, nowMs);
  if (slot === undefined || slot < 0 || slot > LAST_SLOT)
    throw wrongArgument('Write now, +12h, -30d, +1y, 2016-04-01, 2016-04-01T08:00 or slot:405321.');
  return slot;
}

/** The slot that an option names; `now` is when vv was started. */
export const slotTime = argument((text) => parseSlot(text, Date.now()));

/** The hour of a slot, UTC. */
export function slotText(slot: number): string {
  const hour = new Date(slot * 3_600_000);
  // The last slots that the ledger takes are in years that no calendar of ours has.
  return Number.isNaN(hour.getTime()) ? `hour ${slot}` : `${hour.toISOString().slice(0, 13)}h`;
}

function slotIn(text: string, nowMs: number): number | undefined {
  const now = slotOf(Math.floor(nowMs / 1000));
  if (text === 'now') return now;
  const exact = /^slot:(\d{1,10})$/.exec(text);
  if (exact) return Number(exact[1]);
  const [, sign, count, unit = ''] = /^([+-])(\d{1,10})([hdy])$/.exec(text) ?? [];
  if (count !== undefined) return now + (sign === '-' ? -1 : 1) * Number(count) * (HOURS[unit] ?? Number.NaN);
  const time = timeMs(text);
  return time === undefined || time < 0 ? undefined : slotOf(Math.floor(time / 1000));
}
