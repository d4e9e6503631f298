import {path, serviceUrl} from '@vitalvault/arguments';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Option} from 'commander';
import {CliError} from '../cli-error.js';
import {defineCommand} from '../define-command.js';
import {ZipkinFeed} from '../trace/feed-zipkin.js';

export const spansCommand = defineCommand<{zipkin: string; spans?: string; follow?: true}>({
  name: 'spans',
  summary: "gives the spans of the Collector's file to a Zipkin, which finds traces by service, name, length and error",
  home: false,
  options: [
    new Option('--zipkin <url>', 'where it is').argParser(serviceUrl).makeOptionMandatory(),
    new Option('--spans <file>', 'file of the Collector (default: otel/traces.jsonl beside the endpoints)').argParser(
      path,
    ),
    new Option('--follow', 'go on with what is written into it'),
  ],
  examples: ['vv spans --spans traces.jsonl --zipkin http://127.0.0.1:26932'],
  run: async (session, {zipkin, spans, follow = false}) => {
    const file = spans ?? join(dirname(session.endpointsPath), 'otel', 'traces.jsonl');
    const feed = new ZipkinFeed(file, zipkin);
    if (follow) return await feed.follow();
    if (!existsSync(file))
      throw new CliError('spans-missing', `There is no ${file}.`, {
        remedy: "Name the Collector's file with --spans FILE.",
      });
    await feed.send();
    return {json: {sent: feed.sent}, text: [`${feed.sent} spans: ${new URL('/zipkin/', zipkin).href}`]};
  },
});
