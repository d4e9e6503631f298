import {place} from '../../arguments/vocabulary.js';
import {wholeNumber} from '@vitalvault/arguments';
import type {PatientAlert} from '@vitalvault/sdk';
import {Option} from 'commander';
import {toJson} from '../../answer.js';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {columns} from '../../text/columns.js';

export const alertsCommand = defineCommand<{after: bigint; limit: number; follow?: boolean}>({
  name: 'alerts',
  summary: 'what she was told: accesses, refusals, storage that failed',
  options: [
    new Option('--after <seq>', 'only alerts after this number').argParser(place).default(0n, '0'),
    new Option('--limit <n>', 'at most so many').argParser(wholeNumber({least: 1, most: 1_000})).default(100),
    new Option('--follow', 'stay and show alerts as they come'),
  ],
  examples: ['vv patient alerts --home anna', 'vv patient alerts --home anna --follow'],
  run: async (session, {after, limit, follow}) => {
    const {log} = await openPatient(session, 'look');
    if (follow === true) {
      for await (const alert of log.followAlerts(String(after))) {
        process.stdout.write(
          session.options.json === true ? `${toJson({alert: alert.raw})}\n` : `${rowOf(alert).join('  ')}\n`,
        );
      }
      return {json: {ended: true}, text: []};
    }
    const alerts = await log.alerts(String(after), limit);
    return {
      json: {alerts: alerts.map(({raw}) => raw)},
      text: alerts.length === 0 ? ['No alerts.'] : columns(alerts.map(rowOf)),
    };
  },
});

function rowOf({seq, kind, raisedAtMs, text}: PatientAlert): string[] {
  // notify says it: a time that no calendar has is no fault of ours.
  const at = new Date(raisedAtMs);
  return [seq, Number.isNaN(at.getTime()) ? `at ${raisedAtMs} ms` : at.toISOString(), kind, text];
}
