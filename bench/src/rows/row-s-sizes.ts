import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import type {SnapshotOutcome} from '../../../apps/ledger-abci/src/store/snapshots.js';
import type {WrittenSnapshot} from '../../../apps/ledger-abci/src/store/write-snapshot.js';
import {startProgram} from '../chain/started-program.js';
import {BenchLedger} from '../ledger/bench-ledger.js';
import {Cast} from '../ledger/cast.js';
import {UnsignedRecords} from '../ledger/unsigned-records.js';
import {bytesBelow} from '../suite/disk-use.js';
import {CannotMeasure} from '../suite/row.js';
import type {Fact, Row, RowContext} from '../suite/row.js';
import {summarise} from '../suite/statistics.js';

const RECORDS_IN_TX = 200;
const TXS_IN_BLOCK = 20;
const EMPTY_BLOCKS = 50;
const TIMED_BLOCKS = 7;
const READS = 500;
/** More records than this say nothing new and take minutes: beyond it only keys grow. */
const MOST_RECORDS = 1_000_000;
const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'apps', 'ledger-abci', 'dist', 'main.js');

interface Size {
  readonly number: string;
  readonly words: string;
  readonly count: number;
  readonly heapMiB: number;
  readonly largeOnly?: boolean;
}

/** Keys are filled in; records go through every rule but the signature. */
function rowOf({number, words, count, heapMiB, largeOnly = false}: Size): Row {
  return {
    number,
    title: `memory, start, snapshot pause, block time and disk at ${words} keys and records`,
    arms: [],
    claims: [],
    rounds: {full: 0, quick: 0},
    limitSeconds: largeOnly ? 1_800 : 900,
    nodeFlags: [`--max-old-space-size=${String(heapMiB)}`, '--expose-gc'],
    setup: (context) => {
      if (largeOnly && !context.large) throw new CannotMeasure('only with LARGE=1');
      return {sample: () => 0, facts: () => factsAt(context.quick ? count / 20 : count, heapMiB, context)};
    },
  };
}

async function factsAt(count: number, heapMiB: number, context: RowContext): Promise<Fact[]> {
  const {scratch, say} = context;
  const records = Math.min(count, MOST_RECORDS);
  const dir = scratch.directory('sizes');
  const blocks = Math.ceil(records / RECORDS_IN_TX / TXS_IN_BLOCK) + 2 * TIMED_BLOCKS + EMPTY_BLOCKS;
  const outcomes: SnapshotOutcome[] = [];
  const report = (outcome: SnapshotOutcome): void => void outcomes.push(outcome);
  const ledger = await BenchLedger.open(dir, () => true, {snapshotBlocks: blocks, report});
  const changelog = (): number => bytesBelow(dir, (name) => name.endsWith('.vvc'));
  const patients = context.quick ? 100 : 1_000;
  const [cast, empty] = [new Cast(patients, TEST_TIME), memory()];
  say(`filling ${String(count)} keys`);
  ledger.fill(count);
  const withKeys = memory();
  say(`anchoring ${String(records)} records`);
  for (const block of cast.enrolment()) await ledger.block(block);
  const before = changelog();
  await anchor(ledger, {cast, records: new UnsignedRecords(cast, patients)}, records);
  const [recordBytes, withRecords] = [changelog() - before, memory()];
  const times: number[] = [];
  for (let i = 0; i < TIMED_BLOCKS; i++) {
    const {finalizeMs, commitMs} = await ledger.block(Array.from({length: READS}, () => cast.read()));
    times.push(finalizeMs + commitMs);
  }
  const beforeEmpty = changelog();
  for (let i = 0; i < EMPTY_BLOCKS; i++) await ledger.block([]);
  const emptyBytes = (changelog() - beforeEmpty) / EMPTY_BLOCKS;
  say('waiting for a snapshot');
  const snapshot = await nextSnapshot(ledger, blocks, outcomes);
  await ledger.close();
  say('starting ledger-abci on it');
  const start = await startOf(dir, heapMiB, context);
  const block = summarise(times);
  return [
    {title: 'keys and records', value: `${figure(count)} and ${figure(records)}`},
    {
      title: 'memory (resident, after a collection)',
      value:
        `${mebi(withRecords)} MiB in all; ${figure((withKeys - empty) / count)} bytes a key, ` +
        `${figure((withRecords - withKeys) / records)} bytes a record`,
    },
    {title: 'start until the socket is there', value: `${figure(start.ms)} ms, then ${mebi(start.bytes)} MiB resident`},
    {
      title: 'snapshot',
      value:
        `longest pause ${snapshot.longestMilliseconds.toFixed(1)} ms; written in ${figure(snapshot.milliseconds)} ms, ` +
        `${mebi(snapshot.bytes)} MiB`,
    },
    {
      title: `block of ${String(READS)} requests to read, signatures not verified`,
      value: `${block.median.toFixed(1)} ms (${block.min.toFixed(1)}–${block.max.toFixed(1)})`,
    },
    {
      title: 'changelog on disk',
      value: `${figure(recordBytes / records)} bytes a record, ${figure(emptyBytes)} bytes an empty block`,
    },
  ];
}

async function anchor(
  ledger: BenchLedger,
  {cast, records}: {cast: Cast; records: UnsignedRecords},
  count: number,
): Promise<void> {
  for (let made = 0; made < count;) {
    const txs: Uint8Array[] = [];
    for (; txs.length < TXS_IN_BLOCK && made < count; made += RECORDS_IN_TX)
      txs.push(cast.anchorEntries(Array.from({length: RECORDS_IN_TX}, () => records.next())));
    await ledger.block(txs);
  }
}

/** Blocks with nothing in them until the one at which a snapshot is due. */
async function nextSnapshot(
  ledger: BenchLedger,
  due: number,
  outcomes: readonly SnapshotOutcome[],
): Promise<WrittenSnapshot> {
  await ledger.idle();
  do await ledger.block([]);
  while (ledger.height % BigInt(due) !== 0n);
  await ledger.idle();
  const last = outcomes.at(-1);
  if (last === undefined || 'error' in last) throw new Error('no snapshot was written', {cause: last?.error});
  return last;
}

async function startOf(dir: string, heapMiB: number, {scratch}: RowContext): Promise<{ms: number; bytes: number}> {
  const socketPath = join(scratch.directory('socket'), 'app.sock');
  const started = performance.now();
  const pid = await startProgram(
    {
      command: process.execPath,
      args: [`--max-old-space-size=${String(heapMiB)}`, PROGRAM],
      env: {VITALVAULT_SOCKET: socketPath, VITALVAULT_STATE_DIR: dir, VITALVAULT_LOG_LEVEL: 'error'},
      socketPath,
    },
    scratch,
  );
  const ms = performance.now() - started;
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return {ms, bytes: Number(kibibytes) * 1024};
}

function memory(): number {
  global.gc?.();
  return process.memoryUsage.rss();
}

const figure = (value: number): string => Math.round(value).toLocaleString('en-US');
const mebi = (bytes: number): string => figure(bytes / 2 ** 20);

export const ROW_S5 = rowOf({number: 'S5', words: '10⁵', count: 1e5, heapMiB: 4_096});
export const ROW_S6 = rowOf({number: 'S6', words: '10⁶', count: 1e6, heapMiB: 8_192});
export const ROW_S7 = rowOf({number: 'S7', words: '10⁷', count: 1e7, heapMiB: 15_000, largeOnly: true});
