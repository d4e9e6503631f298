import {CliError} from '../cli-error.js';

/**
 * From the first to the last slot, both included. @param option its beginning: `--data` for `--data-from` and
 * `--data-to`, empty for `--from` and `--to`
 * @throws CliError `period-empty` when it ends before it begins
 */
export function requirePeriod(option: string, from: number, to: number): void {
  if (from <= to) return;
  const name = (end: string): string => (option === '' ? `--${end}` : `${option}-${end}`);
  throw new CliError('period-empty', `${name('to')} is before ${name('from')}.`, {
    remedy: 'Give the first hour and then the last one.',
  });
}
