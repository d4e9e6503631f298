import type {Attributes, Context} from '@opentelemetry/api';
import type {ReadableSpan, Span, SpanProcessor} from '@opentelemetry/sdk-trace';
import {notTold} from './not-told.js';
import {SPAN_ATTRIBUTES} from './told-fields.js';
import {withoutIds} from './without-ids.js';

const listed: ReadonlySet<string> = new Set(SPAN_ATTRIBUTES);

/** Hands spans on with the attributes that are listed, and with no id in any of them; links carry none, nor events. */
export class ListedSpans implements SpanProcessor {
  constructor(private readonly next: SpanProcessor) {}

  onStart(span: Span, parent: Context): void {
    this.next.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    const name = withoutIds(span.name);
    if (name !== span.name) notTold('an id in the name of a span');
    const attributes = listedOf(span.attributes);
    // What a span is made of stays as it is; what is asked of it here is answered here.
    this.next.onEnd(
      Object.create(span, {
        name: {value: name},
        attributes: {value: attributes},
        events: {value: []},
        links: {value: span.links.map(({context}) => ({context}))},
      }) as ReadableSpan,
    );
  }

  forceFlush(): Promise<void> {
    return this.next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.next.shutdown();
  }
}

function listedOf(attributes: Attributes): Attributes {
  const told: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const plain = typeof value === 'string' ? withoutIds(value) : value;
    if (!listed.has(name)) notTold(`the attribute ${name} of a span`);
    else if (plain !== value) notTold(`an id in the attribute ${name} of a span`);
    if (listed.has(name) && plain !== undefined) told[name] = plain;
  }
  return told;
}
