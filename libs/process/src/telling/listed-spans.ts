import type {Attributes, Context} from '@opentelemetry/api';
import type {ReadableSpan, Span, SpanProcessor} from '@opentelemetry/sdk-trace';
import {notTold} from './not-told.js';
import {SPAN_ATTRIBUTES} from './told-fields.js';
import {withoutIds} from './without-ids.js';

type Value = Attributes[string];

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
        status: {value: statusOf(span)},
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
    if (!listed.has(name)) notTold(`the attribute ${name} of a span`);
    else if (value !== undefined) told[name] = plain(value, `the attribute ${name}`);
  }
  return told;
}

function statusOf({status}: ReadableSpan): ReadableSpan['status'] {
  const {message} = status;
  return message === undefined ? status : {...status, message: plainText(message, 'the status')};
}

// A list of texts is as telling as a text.
const plain = (value: Value, where: string): Value =>
  Array.isArray(value)
    ? (value.map((one: unknown) => (typeof one === 'string' ? plainText(one, where) : one)) as Value)
    : typeof value === 'string'
      ? plainText(value, where)
      : value;

function plainText(text: string, where: string): string {
  const left = withoutIds(text);
  if (left !== text) notTold(`an id in ${where} of a span`);
  return left;
}
