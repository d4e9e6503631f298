import {Option} from 'commander';
import {CliError} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import {openDevice} from '../../device/device-home.js';
import {writeReceipts} from '../../receipts-file.js';
import {fields} from '../../text/columns.js';

const MOST = 1_000n;

export const receiptsCommand = defineCommand<{sequences: string; out: string}>({
  name: 'receipts',
  summary:
    'what there is to show for records, by their numbers; `vv verify` checks it, `vv patient prove-receipts` makes it whole',
  options: [
    new Option('--sequences <from-to>', 'numbers of records, for example 12 or 1-64').makeOptionMandatory(),
    new Option('--out <file>', 'where to write the receipts').makeOptionMandatory(),
  ],
  examples: ['vv device receipts --home watch --sequences 1-64 --out receipts.json'],
  run: async (session, {sequences, out}) => {
    const {device} = await openDevice(session);
    const receipts = [];
    for (const sequence of numbersOf(sequences)) receipts.push(await device.receipt(sequence));
    writeReceipts(out, receipts);
    const anchored = receipts.filter(({place}) => place !== undefined).length;
    return {
      json: {receipts: receipts.length, anchored, out},
      text: fields({receipts: receipts.length, anchored, 'written to': out}),
    };
  },
});

function numbersOf(range: string): bigint[] {
  const [, first = '', last = first] = /^(\d{1,18})(?:-(\d{1,18}))?$/.exec(range) ?? [];
  const [from, to] = [BigInt(first || 0), BigInt(last || 0)];
  if (from < 1n || to < from || to - from >= MOST)
    throw new CliError('sequences-invalid', `${range} names no records.`, {
      remedy: `Use --sequences 12 or 1-64; ${MOST} at the most.`,
    });
  return Array.from({length: Number(to - from) + 1}, (_, i) => from + BigInt(i));
}
