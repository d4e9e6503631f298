import {path} from '@vitalvault/arguments';
import {Option} from 'commander';
import {readReadings} from '../../clinician/readings-file.js';
import {defineCommand} from '../../define-command.js';
import {plotReadings} from '../../text/heart-rate-plot.js';

export const plotCommand = defineCommand<{in: string}>({
  name: 'plot',
  summary: 'draw readings that were fetched',
  home: false,
  options: [
    new Option('--in <file>', 'readings from `vv clinician fetch --out`').argParser(path).makeOptionMandatory(),
  ],
  examples: ['vv clinician plot --in readings.json'],
  run: (session, options) => {
    const points = readReadings(options.in).map(({unixSeconds, beatsPerMinute}) => ({
      unixSeconds,
      value: beatsPerMinute,
    }));
    const lines = plotReadings(points, {columns: session.environment.columns, rows: 16});
    return {json: {readings: points.length, lines}, text: lines};
  },
});
