import {path} from '@vitalvault/arguments';
import type {RecordReceipt} from '@vitalvault/sdk';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {readReceipts, writeReceipts} from '../../receipts-file.js';
import {fields} from '../../text/columns.js';

export const proveReceiptsCommand = defineCommand<{in: string; out: string}>({
  name: 'prove-receipts',
  summary:
    'add to receipts of her device the proof that each record stands in her log; then anybody can check them offline',
  options: [
    new Option('--in <file>', 'receipts from `vv device post --receipts` or `vv device receipts`')
      .argParser(path)
      .makeOptionMandatory(),
    new Option('--out <file>', 'where to write them').argParser(path).makeOptionMandatory(),
  ],
  examples: ['vv patient prove-receipts --home anna --in receipts.json --out proven.json'],
  run: async (session, options) => {
    const {log, keys} = await openPatient(session, 'look');
    const proven: RecordReceipt[] = [];
    for (const receipt of readReceipts(options.in)) {
      const {place} = receipt;
      proven.push(
        place?.patient === keys.patient ? {...receipt, anchored: await log.recordProof(BigInt(place.index))} : receipt,
      );
    }
    writeReceipts(options.out, proven);
    const json = {
      receipts: proven.length,
      proven: proven.filter(({anchored}) => anchored !== undefined).length,
      out: options.out,
    };
    return {json, text: fields({receipts: json.receipts, proven: json.proven, 'written to': options.out})};
  },
});
