import {traceId} from '../arguments/vocabulary.js';
import {path, serviceUrl} from '@vitalvault/arguments';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Option} from 'commander';
import {CliError, EXIT} from '../cli-error.js';
import {defineCommand} from '../define-command.js';
import {readSpans} from '../trace/otlp-lines.js';
import {spanTree} from '../trace/span-tree.js';
import {drawWaterfall} from '../trace/waterfall.js';
import {joinedTrace, sendToZipkin, zipkinPage} from '../trace/zipkin-trace.js';
import type {PlacedSpan} from '../trace/span-tree.js';

export const traceCommand = defineCommand<{spans?: string; zipkin?: string}>({
  name: 'trace',
  arguments: [['<id>', 'trace id, for example the instance of an error', traceId]],
  summary: "one trace as a waterfall, with what other traces link to it (~), from the Collector's file",
  home: false,
  options: [
    new Option('--spans <file>', 'file of the Collector (default: otel/traces.jsonl beside the endpoints)').argParser(
      path,
    ),
    new Option('--zipkin <url>', 'give all of it as one trace to this Zipkin, and say where its page is').argParser(
      serviceUrl,
    ),
  ],
  examples: [
    'vv trace 4bf92f3577b34da6a3ce929d0e0e4736',
    'vv trace 4bf92f3577b34da6a3ce929d0e0e4736 --zipkin http://127.0.0.1:26932',
  ],
  run: async (session, options, id) => {
    const file = options.spans ?? join(dirname(session.endpointsPath), 'otel', 'traces.jsonl');
    if (!existsSync(file))
      throw new CliError('spans-missing', `There is no ${file}.`, {
        remedy: "Name the Collector's file with --spans FILE.",
      });
    const {placed, unreachable} = spanTree(await readSpans(file), id);
    if (placed.length === 0)
      throw new CliError('trace-unknown', `No span of the trace ${id} is in ${file}.`, {
        remedy: 'The Collector writes after a second or two: try again, or check the id.',
        exit: EXIT.unavailable,
      });
    const spans = placed.map(({span, depth, byLink}) => ({
      service: span.service,
      name: span.name,
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      depth,
      byLink,
      startUs: span.startUs,
      endUs: span.endUs,
      failed: span.failed,
      attributes: span.attributes,
    }));
    const lines = drawWaterfall(placed, session.environment.columns);
    const page = options.zipkin === undefined ? undefined : await shownBy(options.zipkin, placed, id);
    return {
      json: {
        traceId: id,
        lines,
        spans,
        unreachable: unreachable.map(({service, name}) => `${service} ${name}`),
        services: [...new Set(placed.map(({span}) => span.service))],
        ...(page === undefined ? {} : {page}),
      },
      text: [
        ...lines,
        ...unreachable.map(({service, name}) => `not reachable: ${service} ${name}`),
        ...(page === undefined ? [] : [page]),
      ],
    };
  },
});

/** @returns address of Zipkin's page of it */
async function shownBy(zipkin: string, placed: readonly PlacedSpan[], traceId: string): Promise<string> {
  const spans = joinedTrace(placed, traceId);
  await sendToZipkin(zipkin, spans);
  return zipkinPage(zipkin, spans[0]?.traceId ?? '');
}
