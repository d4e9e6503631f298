import {readFileSync} from 'node:fs';
import type {NumberRange} from '@vitalvault/arguments';
import {path} from '@vitalvault/arguments';
import {HEART_RATE, heartRateReading, systemEnvironment} from '@vitalvault/sdk';
import {Option} from 'commander';
import type {Answer} from '../../answer.js';
import {toJson} from '../../answer.js';
import {message, rows, shortText, timeZone, typeName} from '../../arguments/vocabulary.js';
import {CliError, EXIT} from '../../cli-error.js';
import {chosenRows, readHeartRateCsv} from '../../csv/heart-rate-csv.js';
import type {CsvRow} from '../../csv/heart-rate-csv.js';
import type {TimeZone} from '../../csv/time-zone.js';
import type {DateOrder} from '../../csv/written-time.js';
import {defineCommand} from '../../define-command.js';
import {openDevice} from '../../device/device-home.js';
import {postFile} from '../../device/post-file.js';
import type {LeftRow, PostedFile} from '../../device/post-file.js';
import type {PostedBatch} from '../../device/post-readings.js';
import {PROOF_PATIENCE_MS} from '../../device/settle-pending.js';
import {writeReceipts} from '../../receipts-file.js';
import type {Session} from '../../session.js';
import {columns} from '../../text/columns.js';
import {ProgressBar} from '../../text/progress-bar.js';

interface PostOptions {
  type: string;
  rows?: NumberRange;
  zone?: TimeZone;
  dates?: DateOrder;
  source: string;
  note?: string;
  receipts?: string;
}

const LINES_SHOWN = 20;
const LINES_TOLD = 1_000;

export const postCommand = defineCommand<PostOptions>({
  name: 'post',
  arguments: [['<file>', 'CSV with the columns Time and Value (beats/min); others may stand beside them', path]],
  summary: 'encrypt, sign and post the readings of a file, and wait until the ledger has them',
  options: [
    new Option('--type <name>', 'Open mHealth schema name').argParser(typeName).default(HEART_RATE),
    new Option(
      '--zone <name>',
      'where the clock stood that wrote times without an offset: an IANA zone as Europe/Berlin, or UTC',
    ).argParser(timeZone),
    new Option('--dates <order>', 'which number comes first in dates such as 3/5/2020').choices([
      'month-first',
      'day-first',
    ]),
    new Option('--rows <from-to>', 'only these rows of the file, from 1, for example 1-64').argParser(rows),
    new Option('--source <name>', 'the sensor or app that measured').argParser(shortText).default('wearable'),
    new Option('--note <text>', "the wearer's own words, with the first reading").argParser(message),
    new Option('--receipts <file>', 'write what there is to show for each record, for `vv verify`').argParser(path),
  ],
  examples: [
    'vv device post heart-rate.csv --home watch --zone Europe/Berlin',
    'vv device post heart-rate.csv --home watch --zone UTC --rows 1-64 --note "after the stairs"',
  ],
  run: async (session, options, file) => {
    if (options.type !== HEART_RATE)
      throw new CliError('type-unknown', `This file format holds ${HEART_RATE} only.`, {
        remedy: `Use --type ${HEART_RATE}.`,
      });
    const chosen = chosenRows(readHeartRateCsv(bytesOf(file), options), options.rows);
    const {posted, patient} = await post(session, options, chosen);
    if (options.receipts !== undefined) keepReceipts(patient, posted.batches, options.receipts);
    return toAnswer(posted);
  },
});

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CliError('file-missing', `${path} cannot be read.`, {
      remedy: 'Name a CSV file with the columns Time and Value.',
      cause,
    });
  }
}

function keepReceipts(patient: string, batches: readonly PostedBatch[], path: string): void {
  const list = batches.map(({receipt, logIndex}) => ({
    accepted: receipt,
    ...(logIndex === undefined ? {} : {place: {patient, index: logIndex}}),
  }));
  writeReceipts(path, list);
}

async function post(session: Session, {source, note}: PostOptions, chosen: readonly CsvRow[]) {
  const opened = await openDevice(session, 'work');
  const bar = new ProgressBar({
    write: (text) => process.stderr.write(text),
    interactive: session.environment.interactive,
    indent: '',
  });
  const {json} = session.options;
  const {now, random} = systemEnvironment();
  const first = chosen.find(({kind}) => kind === 'reading');
  const posted = await postFile(chosen, {
    ...opened,
    ...{typeName: HEART_RATE, now, patienceMs: PROOF_PATIENCE_MS},
    toReading: (row) =>
      heartRateReading(
        {
          timeMs: row.timeMs,
          beatsPerMinute: row.beatsPerMinute,
          source,
          ...(row === first && note !== undefined ? {note} : {}),
        },
        now(),
        random,
      ),
    newTrace: () => session.newTrace(),
    onProgress: (progress) => {
      if (json === true) process.stderr.write(`${toJson({progress})}\n`);
      else bar.show(progress.anchored, progress.total, `batches anchored (${progress.posted} posted)`);
    },
  });
  return {posted, patient: opened.owner};
}

function toAnswer(posted: PostedFile): Answer {
  const {batches, settled, aside, unread, ahead} = posted;
  const anchored = batches.filter((batch) => batch.state === 'anchored');
  const refused = batches.filter((batch) => batch.state === 'refused').length;
  const readingsOf = (some: PostedBatch[]) => some.reduce((sum, batch) => sum + batch.readings, 0);
  const last = anchored.at(-1);
  const counts = {
    rows: posted.rows,
    readings: posted.sealed,
    copies: posted.copies,
    noContact: posted.noContact,
    setAside: aside.length,
    unread: unread.length,
    ahead: ahead.length,
  };
  const isWhole = aside.length + unread.length + settled.kept.length === 0;
  const waiting = settled.waiting + posted.unsent;
  return {
    json: {
      ...counts,
      accepted: readingsOf(batches),
      stored: readingsOf(batches.filter((batch) => batch.cid !== undefined)),
      anchored: readingsOf(anchored),
      refused,
      waiting,
      unsent: posted.unsent,
      sealedAnew: settled.sealedAnew,
      proven: settled.anchored.length,
      kept: settled.kept.map(({sequence, reason}) => ({sequence, reason})),
      lines: [...aside, ...unread, ...ahead].slice(0, LINES_TOLD),
      batches,
    },
    text: [
      ...columns([
        ['rows', `${posted.rows}: ${posted.sealed} sent in ${batches.length} batches, ${leftOut(counts)}`],
        [
          'proven',
          `${settled.anchored.length} records are on the ledger, ${settled.sealedAnew} of them sealed anew; ${waiting} are kept until they are proven`,
        ],
        [
          'last',
          last === undefined
            ? '-'
            : `${last.cid ?? '?'} (${last.replicas ?? 0} replicas), height ${last.height ?? '?'}`,
        ],
      ]),
      ...(posted.unsent === 0
        ? []
        : ['Nobody took the records: they are sealed and kept. Send them with `vv device settle`.']),
      ...linesOf('set aside', aside),
      ...linesOf('not read', unread),
      ...linesOf('sent, though its time has not come: is the zone right?', ahead),
      ...settled.kept.map(({sequence, reason}) => `record ${sequence} is kept: ${reason}`),
    ],
    exit: isWhole ? (waiting === 0 ? EXIT.done : EXIT.unavailable) : EXIT.refused,
  };
}

function leftOut({copies, noContact, setAside, unread}: Record<string, number>): string {
  return `${copies} copies left out, ${noContact} without contact, ${setAside} set aside, ${unread} not read`;
}

function linesOf(what: string, rows: readonly LeftRow[]): string[] {
  const shown = rows
    .slice(0, LINES_SHOWN)
    .map(({line, why}) => `${line === undefined ? '-' : `line ${line}`}: ${what}: ${why}`);
  return rows.length > LINES_SHOWN ? [...shown, `and ${rows.length - LINES_SHOWN} more: ${what}`] : shown;
}
