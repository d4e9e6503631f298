import {sha256Of, toHex} from '@vitalvault/contracts';

interface DataPoint {
  header?: {schema_id?: unknown; acquisition_provenance?: {source_name?: unknown; source_data_point_id?: unknown}};
  body?: Record<string, unknown>;
}

/**
 * What one measurement of one source has in common each time that it comes, whoever encoded it: source, type and value,
 * and the source's own id of it, or where it has none, the effective time. Its id and time of creation, and what its
 * wearer said of it, do not count. A value that its source corrected is another measurement: neither is lost.
 * @param text JSON of a data point
 * @returns SHA-256, hexadecimal; the device is not in it
 * @spec docs/protocol.md §3.2
 */
export function readingIdentity(text: string): string {
  const {header = {}, body = {}} = JSON.parse(text) as DataPoint;
  const {source_name: source, source_data_point_id: ownId} = header.acquisition_provenance ?? {};
  const {user_notes, effective_time_frame: time, ...value} = body;
  const when = ownId === undefined ? ['time', instants(time)] : ['id', ownId];
  const what = [source ?? '', header.schema_id ?? '', when, value];
  return toHex(sha256Of(new TextEncoder().encode(JSON.stringify(sorted(what)))));
}

// One instant may be written with another offset.
function instants(value: unknown): unknown {
  if (typeof value === 'string') return Number.isNaN(Date.parse(value)) ? value : Date.parse(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, instants(inner)]));
}

// One measurement may come with its fields in another order.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}
