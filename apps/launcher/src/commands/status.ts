import {OBSERVERS, processNames} from '../plan/names.js';
import {treePssBytes} from '../process/proc.js';
import {processState} from '../process/process-record.js';
import {table} from '../progress.js';
import {observersOf} from '../system/endpoints.js';
import {observerRows} from './endpoint-table.js';
import {existingSystem} from './launcher-options.js';
import type {DataOption} from './launcher-options.js';

export interface StatusOptions extends DataOption {
  json?: boolean;
}

interface Row {
  name: string;
  state: string;
  pid?: number;
  startedAt?: string;
  pssBytes: number;
}

/** Prints every process with its state and its share of memory (PSS). */
export async function status(options: StatusOptions): Promise<void> {
  const {layout, settings} = await existingSystem(options);
  const all: Row[] = await Promise.all(
    processNames(settings.validators).map(async (name) => {
      const state = await processState(layout, name);
      return {name, ...state, pssBytes: state.state === 'running' ? await treePssBytes(state.pid) : 0};
    }),
  );
  // Who was not asked to watch is not missed.
  const rows = all.filter(({name, state}) => state !== 'stopped' || !OBSERVERS.some((one) => one === name));
  const pssBytes = rows.reduce((sum, row) => sum + row.pssBytes, 0);
  if (options.json === true) {
    console.log(
      JSON.stringify({chainId: settings.chainId, portBase: settings.portBase, pssBytes, processes: rows}, undefined, 2),
    );
    return;
  }
  const cells = rows.map((row) => [
    row.name,
    wording(row.state),
    row.state === 'running' ? String(row.pid) : '',
    since(row.startedAt),
    row.state === 'running' ? mib(row.pssBytes) : '',
  ]);
  const running = rows.filter((row) => row.state === 'running').length;
  console.log(
    table(
      [
        {title: 'PROCESS'},
        {title: 'STATE'},
        {title: 'PID', right: true},
        {title: 'UP', right: true},
        {title: 'PSS MiB', right: true},
      ],
      [...cells, ['sum', `${String(running)} of ${String(rows.length)} running`, '', '', mib(pssBytes)]],
    ),
  );
  const watching = observerRows(observersOf(settings)).filter(([name]) => rows.some((row) => row.name === name));
  if (watching.length > 0) console.log(`\n${table([{title: 'WATCHED BY'}, {title: 'WHERE'}], watching)}`);
}

const mib = (bytes: number) => (bytes / 1024 ** 2).toFixed(0);

function wording(state: string): string {
  return state === 'died' ? 'DIED (see its log)' : state;
}

function since(startedAt: string | undefined): string {
  if (startedAt === undefined) return '';
  const seconds = Math.round((Date.now() - Date.parse(startedAt)) / 1_000);
  return seconds < 120 ? `${String(seconds)} s` : `${String(Math.round(seconds / 60))} min`;
}
