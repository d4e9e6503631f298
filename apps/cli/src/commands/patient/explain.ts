import {place} from '../../arguments/vocabulary.js';
import {each} from '@vitalvault/arguments';
import {Option} from 'commander';
import {defineCommand} from '../../define-command.js';
import {openPatient} from '../../patient/patient-home.js';
import {columns} from '../../text/columns.js';

export const explainCommand = defineCommand<{index: bigint[]}>({
  name: 'explain',
  summary: 'why an access was permitted or refused; only she is told',
  options: [
    new Option('--index <n...>', 'numbers of entries in her access log').argParser(each(place)).makeOptionMandatory(),
  ],
  examples: ['vv patient explain --home anna --index 7 8'],
  run: async (session, {index}) => {
    const {log} = await openPatient(session, 'look');
    const explanations = await Promise.all(index.map((n) => log.explain(n)));
    return {
      json: {explanations},
      text: columns(
        explanations.map(({index: n, permit, rule, reason}) => [
          String(n),
          permit ? 'permitted' : 'refused',
          `rule ${rule}`,
          reason,
        ]),
      ),
    };
  },
});
