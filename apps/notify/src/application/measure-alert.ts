import {histogram} from '@vitalvault/process';
import type {NewAlert} from '../domain/alert.js';

const delay = histogram('vitalvault.alert.delay');
/** An alert says itself when it was raised: a time that is none makes no sum that is none. */
const MOST_MS = 365 * 86_400_000;

/** How long an alert took, from its raising to here. */
export function measureAlert(
  {raisedAtMs}: Pick<NewAlert, 'raisedAtMs'>,
  phase: 'durable' | 'delivered',
  nowMs: number,
): void {
  const tookMs = nowMs - Number(raisedAtMs);
  delay(Math.min(MOST_MS, Math.max(0, tookMs)) / 1_000, {phase});
}
