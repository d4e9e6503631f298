import {wholeNumber} from '@vitalvault/arguments';
import {CAPACITY_RANGE} from '@vitalvault/genesis';
import {Option} from 'commander';
import {defineCommand} from '../define-command.js';
import {planOf} from '../plan/plan.js';
import type {Load, Plan} from '../plan/plan.js';
import {columns} from '../text/columns.js';

interface PlanOptions {
  readonly patients: number;
  readonly records: number;
  readonly questions: number;
  readonly opened: number;
  readonly hospitals: number;
  readonly years: number;
  readonly peak: number;
  readonly ipfsCopies: number;
  readonly kafkaCopies: number;
  readonly leaves: number;
  readonly keys: number;
}

/** A hospital grows by ten; a thousand is a country. */
const GROWTH = [1, 10, 1_000] as const;

const number = (flags: string, text: string, bounds: {least: number; most: number}, preset: number): Option =>
  new Option(flags, text).argParser(wholeNumber(bounds)).default(preset);

export const opsPlanCommand = defineCommand<PlanOptions>({
  name: 'plan',
  summary: 'cores, disk and ledger that so many patients need, now, at ten times and at a thousand times',
  home: false,
  options: [
    new Option('--patients <n>', 'patients of this hospital')
      .argParser(wholeNumber({least: 1, most: 10_000_000}))
      .makeOptionMandatory(),
    number(
      '--records <n>',
      'records of a patient a day; each has 64 readings at the most',
      {least: 1, most: 100_000},
      24,
    ),
    number('--questions <n>', 'how often a day somebody reads of a patient', {least: 0, most: 10_000}, 10),
    number('--opened <n>', 'records that one reading opens', {least: 1, most: 1_000}, 24),
    number('--hospitals <n>', 'hospitals on the ledger, with as many patients each', {least: 1, most: 100}, 4),
    number('--years <n>', 'for how long', {least: 1, most: 100}, 1),
    number('--peak <n>', 'the busiest minute ÷ the mean of a day', {least: 1, most: 1_000}, 3),
    number('--ipfs-copies <n>', 'IPFS peers that hold each pack', {least: 1, most: 20}, 3),
    number('--kafka-copies <n>', "replicas of Kafka's topics", {least: 1, most: 10}, 3),
    number('--leaves <n>', 'leaves that the genesis allows', CAPACITY_RANGE.leaves, 8_000_000),
    number('--keys <n>', 'keys that the genesis allows', CAPACITY_RANGE.keys, 500_000),
  ],
  examples: ['vv ops plan --patients 1000', 'vv ops plan --patients 200 --records 300 --years 2 --json'],
  run: (_session, options) => {
    const load = loadOf(options);
    const plans = GROWTH.map((times) => ({times, plan: planOf({...load, patients: load.patients * times})}));
    return {json: {load: {...load}, plans: plans.map(({times, plan}) => ({times, ...plan}))}, text: textOf(plans)};
  },
});

const loadOf = (options: PlanOptions): Load => ({
  patients: options.patients,
  recordsADay: options.records,
  questionsADay: options.questions,
  recordsOfQuestion: options.opened,
  hospitals: options.hospitals,
  years: options.years,
  peak: options.peak,
  copies: {ipfs: options.ipfsCopies, kafka: options.kafkaCopies},
  capacity: {leaves: options.leaves, keys: options.keys},
});

function textOf(plans: readonly {times: number; plan: Plan}[]): string[] {
  const row = (title: string, of: (plan: Plan) => string): string[] => [title, ...plans.map(({plan}) => of(plan))];
  const [{plan: first} = {plan: undefined}] = plans;
  const rows = [
    ['', ...plans.map(({times}) => (times === 1 ? 'as asked' : `× ${times.toLocaleString('en-US')}`))],
    row('records a second, mean', ({recordsASecond}) => figure(recordsASecond.mean)),
    row('records a second, peak', ({recordsASecond}) => figure(recordsASecond.peak)),
    row('readings a second, peak', ({readingsASecondPeak}) => figure(readingsASecondPeak)),
    ...Object.keys(first?.cores ?? {}).map((part) =>
      row(`cores at the peak, ${part}`, ({cores}) => figure(cores[part] ?? 0)),
    ),
    ...(Object.keys(first?.bytes ?? {}) as (keyof Plan['bytes'])[]).map((store) =>
      row(`disk, ${store}`, ({bytes}) => size(bytes[store])),
    ),
    row('the ledger has room for', ({ledger}) => `${figure(ledger.fullAfterDays)} days`),
    row('memory of ledger-abci', ({ledger}) => `${ledger.memory.memoryMiB.toLocaleString('en-US')} MiB`),
  ];
  const limits = plans.flatMap(({times, plan}) =>
    plan.limits.map((limit) => `  × ${times.toLocaleString('en-US')}  ${limit}`),
  );
  return [
    ...columns(rows),
    '',
    'Disk is at the end of the time, all copies together; comet and ledger are of one validator. Write-ahead logs, logs and',
    'the room that an engine keeps free are not in it. Cores are reckoned from a run on one machine: see',
    'docs/operations/capacity.md.',
    ...(limits.length === 0 ? [] : ['', 'What does not fit:', ...limits]),
  ];
}

function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(2);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
/** Decimal, as disks are sold. */
function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${figure(bytes / 1_000 ** power)} ${UNITS[power] ?? ''}`;
}
