import {each, path, serviceUrl, wholeNumber} from '@vitalvault/arguments';
import {toHex} from '@vitalvault/contracts';
import {Option} from 'commander';
import {defineCommand} from '../define-command.js';
import {writePaper} from '../exchange.js';
import {leafJson, leafRow} from '../log/leaf-text.js';
import {witnessText} from '../log/witness-text.js';
import {openPatient} from '../patient/patient-home.js';
import {columns, fields} from '../text/columns.js';

export const logCommand = defineCommand<{validator?: number; witness?: string[]; strict?: boolean; out?: string}>({
  name: 'log',
  summary:
    "the patient's access log, checked: whole, in order, proven under a fresh header that the genesis' validators signed",
  options: [
    new Option('--validator <n>', 'have it answered by another validator (from 0)').argParser(
      wholeNumber({least: 0, most: 99}),
    ),
    new Option(
      '--witness <urls...>',
      'policy services of other organisations that are to give the same header; without it other validators are asked',
    ).argParser(each(serviceUrl)),
    new Option('--strict', 'refuse a log whose header nobody else gives'),
    new Option('--out <file>', 'keep the log with its proofs, for `vv verify`').argParser(path),
  ],
  examples: ['vv log --home anna', 'vv log --home anna --validator 2 --out log.json'],
  run: async (session, {validator, witness, strict, out}) => {
    const {log, patient} = await openPatient(session);
    await patient.settle();
    const {leaves, head, header, evidence, agreedBy, unusable, oneOrganisation} = await log.accessLog({
      validator,
      witnesses: witness,
      strict,
    });
    writePaper(out, 'access-log', {...evidence});
    return {
      json: {
        size: head.size,
        root: toHex(head.root),
        height: header.height,
        headerTimeMs: header.timeMs,
        agreedBy,
        unusable,
        oneOrganisation,
        entries: leaves.map(leafJson),
      },
      text: [
        ...columns(leaves.map(leafRow)),
        ...fields({
          entries: head.size,
          root: toHex(head.root),
          'proven by header': header.height,
          'same header from': witnessText({agreedBy, unusable, oneOrganisation}),
        }),
      ],
    };
  },
});
