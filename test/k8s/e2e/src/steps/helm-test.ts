import type {Bench, Step} from '../bench.js';
import {FULLNAME, NAMESPACE, RELEASE} from '../bench.js';

interface Checked {
  holds: boolean;
  tookMs: number;
  sentences: {sentence: string; holds: boolean; instead?: string}[];
}

export const helmTestStep: Step = {
  name: 'helm-test',
  title: 'helm test: a reading in and out, a refused access, the validators agree, from inside of the cluster',
  run: (bench) => helmTest(bench, 'helm test'),
};

/** Runs `helm test` and tells every sentence of its pod. */
export async function helmTest({helm, cluster: {kubectl}, report}: Bench, label: string): Promise<void> {
  const {code, stderr} = await report.timed(label, () => helm.try('test', RELEASE, '--timeout', '3m'));
  const log = await kubectl.try(['logs', '-n', NAMESPACE, `${FULLNAME}-test`]);
  const last = log.stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"holds"'))
    report.hold('the test tells what it checked', false, `${stderr.trim()}\n${log.stdout}${log.stderr}`);
  const {holds, sentences} = JSON.parse(last) as Checked;
  for (const {sentence, holds: held, instead} of sentences) report.hold(sentence, held, instead);
  report.hold('helm says that the test succeeded', code === 0 && holds, stderr.trim());
}
