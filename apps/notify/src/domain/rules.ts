import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import type {NewAlert} from './alert.js';

/** How a patient wants to hear of a usual pattern. */
export interface Rule {
  readonly kind: AlertKind;
  /** Hexadecimal; absent: any. */
  readonly reader?: string;
  readonly organisation?: string;
  /** Minutes of the UTC day, from (inclusive) and to (exclusive), over midnight too; absent: the whole day. */
  readonly quiet?: {readonly from: number; readonly to: number};
  /** `store`: kept in the list, pushed nowhere. */
  readonly action: 'deliver' | 'store';
}

/** Refusals and changed data are always pushed: who hides in a usual pattern must not be able to hide these. */
const ALWAYS: ReadonlySet<AlertKind> = new Set([AlertKind.ACCESS_REFUSED, AlertKind.STORAGE_CORRUPT]);

export const canBeSilenced = (kind: AlertKind): boolean => !ALWAYS.has(kind);

/**
 * Whether an alert is pushed (events, webhooks) or only kept. The first rule that fits decides; none: pushed.
 * @param minute minute of the UTC day
 */
export function isPushed(rules: readonly Rule[], alert: NewAlert, minute: number): boolean {
  if (!canBeSilenced(alert.kind)) return true;
  return rules.find((rule) => fits(rule, alert, minute))?.action !== 'store';
}

function fits(rule: Rule, alert: NewAlert, minute: number): boolean {
  return (
    rule.kind === alert.kind &&
    (rule.reader === undefined || rule.reader === alert.reader) &&
    (rule.organisation === undefined || rule.organisation === alert.organisation) &&
    (rule.quiet === undefined || within(rule.quiet, minute))
  );
}

const within = ({from, to}: {from: number; to: number}, minute: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;
