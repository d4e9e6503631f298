import {slotOf} from '@vitalvault/contracts';
import {CliError} from './cli-error.js';

const UNITS: Readonly<Record<string, number>> = {h: 1, d: 24, y: 8766};

/**
 * A slot (hour since the Unix epoch) from what a person writes: `now`, `+12h`, `-30d`, `+1y`, an ISO date or time (UTC
 * unless it says otherwise), or `slot:405321`.
 * @param nowMs Unix milliseconds
 * @throws CliError `time-invalid`
 */
export function parseSlot(text: string, nowMs: number): number {
  const now = slotOf(Math.floor(nowMs / 1000));
  if (text === 'now') return now;
  const exact = /^slot:(\d+)$/.exec(text);
  if (exact) return Number(exact[1]);
  const relative = /^([+-])(\d+)([hdy])$/.exec(text);
  if (relative) return now + (relative[1] === '-' ? -1 : 1) * Number(relative[2]) * (UNITS[relative[3] ?? ''] ?? 1);
  const zoned = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/.test(text) && text.includes('T') ? `${text}Z` : text;
  const time = Date.parse(zoned);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(time) && time >= 0) return slotOf(Math.floor(time / 1000));
  throw new CliError('time-invalid', `${text} is no time.`, {
    remedy: 'Write now, +12h, -30d, +1y, 2016-04-01, 2016-04-01T08:00 or slot:405321.',
  });
}

/** The hour of a slot, UTC. */
export function slotText(slot: number): string {
  return `${new Date(slot * 3_600_000).toISOString().slice(0, 13)}h`;
}
