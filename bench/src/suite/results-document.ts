import type {Fingerprint} from './fingerprint.js';
import {busyWarning} from './fingerprint.js';
import type {MeasuredRow} from './measure-row.js';
import type {Summary} from './statistics.js';
import type {Judged} from './verdict.js';

/** What one run of the bench found: written as JSON, and told by `resultsDocument`. */
export interface Results {
  readonly machine: Fingerprint;
  readonly quick: boolean;
  readonly large: boolean;
  readonly rows: readonly MeasuredRow[];
  readonly seconds: number;
}

/** RESULTS.md of a run. */
export function resultsDocument({machine, quick, large, rows, seconds}: Results): string {
  const judged = rows.flatMap((row) => row.claims.map((claim) => ({row, claim})));
  const lines = [
    '# What was measured',
    '',
    `Written by \`make bench${quick ? '-quick' : ''}${large ? ' LARGE=1' : ''}\`; do not edit. How to read it, and how to add a row: [README](README.md).`,
    '',
    ...table(
      ['row', 'figure', 'target', 'measured: median (quartiles; least–most)', 'verdict', 'command'],
      judged.map(({row, claim}) => [
        row.number,
        `${row.title}: ${claim.title}`,
        claim.target,
        claim.ratio === undefined ? '' : spread(claim.ratio),
        verdictOf(claim),
        `\`make bench ROWS=${row.number}\``,
      ]),
    ),
    ...reasons(judged),
    '',
    '## The arms',
    '',
    ...table(
      ['row', 'arm', 'unit', 'median (quartiles; least–most)', 'rounds'],
      rows.flatMap(({number, arms}) =>
        arms.map(({name, unit, summary}) => [number, name, unit, spread(summary), String(summary.samples)]),
      ),
    ),
    ...facts(rows),
    '',
    '## The machine',
    '',
    ...machineLines(machine),
    `- ${String(rows.length)} rows in ${seconds.toFixed(0)} s`,
    '',
  ];
  return lines.join('\n');
}

function reasons(judged: readonly {row: MeasuredRow; claim: Judged}[]): string[] {
  const lines = judged.flatMap(({row, claim: {title, verdict}}) =>
    verdict.is === 'missed' || verdict.is === 'not measured'
      ? [`- **Row ${row.number}, ${title}** is ${verdict.is}: ${verdict.reason ?? 'NO REASON IS GIVEN'}`]
      : [],
  );
  return lines.length === 0 ? [] : ['', '## Missed or not measured, and why', '', ...lines];
}

function facts(rows: readonly MeasuredRow[]): string[] {
  const lines = rows.flatMap(({number, title, facts: found}) =>
    found.length === 0
      ? []
      : ['', `**Row ${number}: ${title}**`, '', ...found.map((fact) => `- ${fact.title}: ${fact.value}`)],
  );
  return lines.length === 0 ? [] : ['', '## Measured beside them, without a target', ...lines];
}

function machineLines(machine: Fingerprint): string[] {
  const warning = busyWarning(machine);
  return [
    ...(warning === undefined ? [] : [`**${warning}**`, '']),
    `- ${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGiB)} GiB (${String(machine.freeGiB)} free)`,
    `- ${machine.kernel}; Node ${machine.node}; ${machine.go}`,
    `- load before the first row: ${machine.load.toFixed(2)}; commit ${machine.commit}; ${machine.at}`,
  ];
}

function verdictOf({verdict}: Judged): string {
  return verdict.is === 'missed' ? '**missed**' : verdict.is;
}

/** `3.1 (2.9–3.3; 2.5–4)` */
export function spread({median, q1, q3, min, max}: Summary): string {
  return `${figure(median)} (${figure(q1)}–${figure(q3)}; ${figure(min)}–${figure(max)})`;
}

/** Three digits that count, without an exponent. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', {maximumFractionDigits: Math.min(digits, 6), useGrouping: true});
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
