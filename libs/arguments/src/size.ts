import {argument, wrongArgument} from './argument.js';
import type {ArgumentParser} from './argument.js';

const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * Bytes as Kubernetes writes the size of a volume: `20Gi`, `1.5T`, `128974848`, `129e6`.
 * @spec Kubernetes API, resource.Quantity; without the units below 1 and above T, which no volume of ours has
 */
export const size: ArgumentParser<number> = argument((text) => {
  const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,9})?(?:[eE]\+?\d{1,2})?)([kMGT]|[KMGT]i)?$/.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN)));
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw wrongArgument('Write 20Gi, 500M or a number of bytes.');
  return bytes;
});
