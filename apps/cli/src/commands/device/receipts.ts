import {sequences} from '../../arguments/vocabulary.js';
import type {NumberRange} from '@vitalvault/arguments';
import {path} from '@vitalvault/arguments';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openDevice} from '../../device/device-home.js';
import {writeReceipts} from '../../receipts-file.js';
import {fields} from '../../text/columns.js';

export const receiptsCommand = defineCommand<{sequences: NumberRange; out: string}>({
  name: 'receipts',
  summary:
    'what there is to show for records, by their numbers; `vv verify` checks it, `vv patient prove-receipts` makes it whole',
  options: [
    new Option('--sequences <from-to>', 'numbers of records, for example 12 or 1-64')
      .argParser(sequences)
      .makeOptionMandatory(),
    new Option('--out <file>', 'where to write the receipts').argParser(path).makeOptionMandatory(),
  ],
  examples: ['vv device receipts --home watch --sequences 1-64 --out receipts.json'],
  run: async (session, {sequences: range, out}) => {
    const {device} = await openDevice(session, 'look');
    const receipts = [];
    for (const sequence of numbersOf(range)) receipts.push(await device.receipt(sequence));
    writeReceipts(out, receipts);
    const anchored = receipts.filter(({place}) => place !== undefined).length;
    return {
      json: {receipts: receipts.length, anchored, out},
      text: fields({receipts: receipts.length, anchored, 'written to': out}),
    };
  },
});

function numbersOf({from, to = from}: NumberRange): bigint[] {
  return Array.from({length: Number(to - from) + 1}, (_, i) => from + BigInt(i));
}
