import {message, rows, typeName} from '../../arguments/vocabulary.js';
import type {NumberRange} from '@vitalvault/arguments';
import {path} from '@vitalvault/arguments';
import {Option} from 'commander';
import {toHex} from '@vitalvault/contracts';
import {HEART_RATE, heartRateReading, systemEnvironment} from '@vitalvault/sdk';
import type {Reading} from '@vitalvault/sdk';
import {FilePendingStore} from '../../actor/file-device-stores.js';
import type {Answer} from '../../answer.js';
import {toJson} from '../../answer.js';
import {CliError, EXIT} from '../../cli-error.js';
import {parseHeartRateCsv} from '../../csv/heart-rate-csv.js';
import type {HeartRateRow} from '../../csv/heart-rate-csv.js';
import {defineCommand} from '../../define-command.js';
import {openDevice, readCsvFile} from '../../device/device-home.js';
import {postReadings} from '../../device/post-readings.js';
import type {PostedBatch} from '../../device/post-readings.js';
import {writeReceipts} from '../../receipts-file.js';
import type {Session} from '../../session.js';
import {columns} from '../../text/columns.js';
import {ProgressBar} from '../../text/progress-bar.js';

interface PostOptions {
  type: string;
  rows?: NumberRange;
  note?: string;
  receipts?: string;
}

export const postCommand = defineCommand<PostOptions>({
  name: 'post',
  arguments: [['<file>', 'CSV with the columns Id, Time, Value; times are taken as UTC', path]],
  summary: 'encrypt, sign and post the readings of a file, and wait until the ledger has them',
  options: [
    new Option('--type <name>', 'Open mHealth schema name').argParser(typeName).default(HEART_RATE),
    new Option('--rows <from-to>', 'only these rows of the file, from 1, for example 1-64').argParser(rows),
    new Option('--note <text>', "the wearer's own words, with the first reading").argParser(message),
    new Option('--receipts <file>', 'write what there is to show for each record, for `vv verify`').argParser(path),
  ],
  examples: [
    'vv device post heart-rate.csv --home watch',
    'vv device post heart-rate.csv --home watch --rows 1-64 --note "after the stairs"',
  ],
  run: async (session, options, file) => {
    if (options.type !== HEART_RATE)
      throw new CliError('type-unknown', `This file format holds ${HEART_RATE} only.`, {
        remedy: `Use --type ${HEART_RATE}.`,
      });
    const chosen = chosenRows(parseHeartRateCsv(readCsvFile(file)), options.rows);
    const readings = chosen.map((row, i) => toReading(row, i === 0 ? options.note : undefined));
    const batches = await post(session, readings);
    if (options.receipts !== undefined) await keepReceipts(session, batches, options.receipts);
    return toAnswer(batches, chosen.length);
  },
});

async function keepReceipts(session: Session, batches: readonly PostedBatch[], path: string): Promise<void> {
  const patient = toHex((await openDevice(session)).config.patient);
  writeReceipts(
    path,
    batches.map(({receipt, logIndex}) => ({
      accepted: receipt,
      ...(logIndex === undefined ? {} : {place: {patient, index: logIndex}}),
    })),
  );
}

async function post(session: Session, readings: Reading[]): Promise<PostedBatch[]> {
  const {device} = await openDevice(session);
  const {device: asking} = await openDevice(session, session.untracedApi());
  const kept = new FilePendingStore(session.home);
  const bar = new ProgressBar({
    write: (text) => process.stderr.write(text),
    interactive: session.environment.interactive,
    indent: '',
  });
  const {json} = session.options;
  return postReadings(readings, {
    device,
    asking,
    typeName: HEART_RATE,
    forget: (record) => kept.remove(record.registration, record.sequence),
    newTrace: () => session.newTrace(),
    onProgress: (progress) => {
      if (json === true) process.stderr.write(`${toJson({progress})}\n`);
      else bar.show(progress.anchored, progress.total, `batches anchored (${progress.posted} posted)`);
    },
  });
}

/** @throws CliError `rows-missing` when the file has none of them */
function chosenRows(all: HeartRateRow[], range: NumberRange | undefined): HeartRateRow[] {
  if (range === undefined) return all;
  const chosen = all.slice(Number(range.from) - 1, range.to === undefined ? undefined : Number(range.to));
  if (chosen.length === 0)
    throw new CliError('rows-missing', `The file has ${all.length} rows, and none of these.`, {
      remedy: 'Name rows that are there, for example --rows 1-64.',
    });
  return chosen;
}

function toReading(row: HeartRateRow, note: string | undefined): Reading {
  const environment = systemEnvironment();
  return heartRateReading(
    {
      timeMs: row.unixSeconds * 1000,
      beatsPerMinute: row.beatsPerMinute,
      source: 'Fitbit',
      ...(note === undefined ? {} : {note}),
    },
    environment.now(),
    environment.random,
  );
}

function toAnswer(batches: PostedBatch[], readings: number): Answer {
  const anchored = batches.filter((batch) => batch.state === 'anchored');
  const refused = batches.length - anchored.length;
  const readingsOf = (some: PostedBatch[]) => some.reduce((sum, batch) => sum + batch.readings, 0);
  const last = anchored.at(-1);
  return {
    json: {
      readings,
      accepted: readingsOf(batches),
      stored: readingsOf(batches.filter((batch) => batch.cid !== undefined)),
      anchored: readingsOf(anchored),
      refused,
      batches,
    },
    text: [
      ...columns([
        ['readings', `${readings} in ${batches.length} batches`],
        [
          'anchored',
          `${readingsOf(anchored)}${refused === 0 ? '' : `, ${refused} batches refused: ${[...new Set(batches.flatMap((batch) => batch.refusal ?? []))].join(', ')}`}`,
        ],
        [
          'last',
          last === undefined
            ? '-'
            : `${last.cid ?? '?'} (${last.replicas ?? 0} replicas), height ${last.height ?? '?'}`,
        ],
      ]),
    ],
    exit: refused === 0 ? EXIT.done : EXIT.refused,
  };
}
