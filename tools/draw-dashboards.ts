// Every dashboard as a page with curves, from a Prometheus that scrapes a running system (make up OBSERVE=1):
//   draw-dashboards.ts [--data var] [--minutes 15] [--program storage]   writes DATA/dashboards/*.html
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {DASHBOARDS} from './observability/dashboards.ts';
import {dashboardPage} from './observability/draw-dashboard.ts';
import {valuesOver} from './observability/values-over.ts';

const {values: options} = parseArgs({
  options: {
    data: {type: 'string', default: 'var'},
    minutes: {type: 'string', default: '15'},
    program: {type: 'string', default: 'storage'},
  },
});
const data = resolve(options.data);
const {observers} = JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8')) as {
  observers?: Record<string, string>;
};
const to = Date.now() / 1_000;
const span = {from: to - Number(options.minutes) * 60, to};
const into = join(data, 'dashboards');
mkdirSync(into, {recursive: true});
for (const dashboard of DASHBOARDS) {
  const values = await valuesOver(observers?.['prometheus'] ?? '', dashboard, span, options.program).catch(
    (cause: unknown) => {
      throw new Error('Prometheus does not answer: make up OBSERVE=1 starts one', {cause});
    },
  );
  const told = `${new Date(to * 1_000).toISOString()}${dashboard.byProgram ? `, ${options.program}` : ''}`;
  writeFileSync(join(into, `${dashboard.name}.html`), dashboardPage(dashboard, values, span, told));
  console.log(join(into, `${dashboard.name}.html`));
}
