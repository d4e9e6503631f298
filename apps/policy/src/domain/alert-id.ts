import {taggedHash} from '@vitalvault/contracts';
import type {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';

/** T("alert", kind || subject): the same event is one alert, whoever raises it. @spec docs/protocol.md §9.2 */
export function alertId(kind: AlertKind, subject: Uint8Array): Uint8Array {
  return taggedHash('alert', Uint8Array.of(kind), subject);
}
