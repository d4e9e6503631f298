// Every alert rule is tried by promtool: of series that a case makes, exactly the alerts that it names are firing, of
// all that there are. Each rule fires in a case and is silent in another. The last line counts.
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {stringify} from 'yaml';
import {builtEngines} from './built-engines.ts';
import {PROGRAMS, alertName} from './observability/alert.ts';
import type {Case} from './observability/case.ts';
import {CAUSE_CASES} from './observability/cause-cases.ts';
import {OBJECTIVE_CASES} from './observability/objective-cases.ts';
import {ALERTS, ruleFiles} from './observability/rule-files.ts';

const CASES: readonly Case[] = [...OBJECTIVE_CASES, ...CAUSE_CASES];
const FIRING = 'ALERTS{alertstate="firing"}';

/** `severity{labels}` of the case's alert, or of the one that is named before it, as Prometheus keeps what fires. */
function firing({of}: Case, told: string): string {
  const [, other = of, severity = '', labels = ''] = /^(?:(\S+) )?(page|ticket)(?:\{(.*)\})?$/.exec(told) ?? [];
  const own = `alertname="${alertName(other)}", alertstate="firing", severity="${severity}"`;
  return `ALERTS{${own}${labels && ', '}${labels}}`;
}

/** All programs are scraped and up, but those of which the case says it. */
function withTargets(series: Case['series']): {series: string; values: string}[] {
  const said = Object.keys(series).filter((name) => name.startsWith('up{'));
  const others = PROGRAMS.filter((program) => !said.some((name) => name.includes(`"${program}"`)));
  return [
    ...others.map((program) => ({series: `up{program="${program}", instance="${program}-x"}`, values: '1x5000'})),
    ...Object.entries(series).map(([name, values]) => ({series: name, values})),
  ];
}

/** How often the rules are asked: what lasts for hours needs no look each minute, and takes long. */
function evaluatedEach(at: Case['at']): string {
  const minutes = Number(at.slice(0, -1)) * (at.endsWith('h') ? 60 : 1);
  return minutes > 300 ? '30m' : minutes > 30 ? '5m' : '1m';
}

const testFile = (one: Case, files: readonly string[]): string =>
  stringify({
    rule_files: files,
    evaluation_interval: evaluatedEach(one.at),
    tests: [
      {
        interval: '1m',
        input_series: withTargets(one.series),
        promql_expr_test: [
          {
            expr: FIRING,
            eval_time: one.at,
            exp_samples: one.fires.map((told) => ({labels: firing(one, told), value: 1})),
          },
        ],
      },
    ],
  });

/** Alerts and severities of which no case says that they fire, or that they do not. */
function untried(): string[] {
  const has = (name: string, severity: string, fires: boolean): boolean =>
    CASES.some(({of, fires: told}) => of === name && told.some((one) => one.startsWith(severity)) === fires);
  return ALERTS.flatMap(({name, rules}) =>
    rules.flatMap(({severity}) =>
      [true, false]
        .filter((fires) => !has(name, severity, fires))
        .map((fires) => `${name}: no case in which a ${severity} ${fires ? 'fires' : 'does not fire'}`),
    ),
  );
}

const promtool = join(builtEngines('alerts').prometheus ?? '', 'promtool');
const dir = mkdtempSync(join(tmpdir(), 'vv-alerts-'));
const [passed, failed]: [string[], string[]] = [[], untried()];

/** Files of a set of rules, which promtool can read. */
function rules(name: string, scale: number): string[] {
  mkdirSync(join(dir, name));
  const files = Object.entries(ruleFiles(scale)).map(([path, text]) => {
    const file = join(dir, name, basename(path));
    writeFileSync(file, text);
    return file;
  });
  const {status, stdout, stderr} = spawnSync(promtool, ['check', 'rules', '--lint-fatal', ...files], {
    encoding: 'utf8',
  });
  (status === 0 ? passed : failed).push(
    `promtool reads the rules (${name})${status === 0 ? '' : `:\n${stdout}${stderr}`}`,
  );
  return files;
}

const files = rules('as they are', 1);
rules('of a drill', 1 / 60);
const tests = CASES.map((one, i) => {
  const file = join(dir, `${i}.yaml`);
  writeFileSync(file, testFile(one, files));
  return file;
});
const report = join(dir, 'report.xml');
spawnSync(promtool, ['test', 'rules', `--junit=${report}`, ...tests], {stdio: 'ignore'});
const suites = readFileSync(report, 'utf8').split('<testsuite ');
for (const [i, {of, what}] of CASES.entries()) {
  const suite = suites.find((text) => text.startsWith(`name="${tests[i]}"`)) ?? 'promtool said nothing of it';
  if (suite.includes(' tests="1" failures="0" errors="0" ')) passed.push(`${of}: ${what}`);
  else failed.push(`${of}: ${what}\n${suite.replaceAll('&#xA;', '\n').replaceAll('&#34;', '"')}`);
}
rmSync(dir, {recursive: true});
for (const line of passed) console.log(`ok   ${line}`);
for (const line of failed) console.log(`FAIL ${line}`);
console.log(JSON.stringify({passed: passed.length, failed: failed.length}));
process.exitCode = failed.length === 0 ? 0 : 1;
