import {trace} from '@opentelemetry/api';
import {linksTo} from '@vitalvault/process';

/** A span says which readings it is about; of a page of hundreds the first are enough to find the rest by. */
const MAX_LINKS = 64;

/** Links the active span to the traces of these. */
export function linkSpan(records: readonly {readonly traceparent?: string | undefined}[]): void {
  trace.getActiveSpan()?.addLinks(linksTo(records.slice(0, MAX_LINKS).map(({traceparent}) => traceparent)));
}
