import {shaped} from '@vitalvault/arguments';
import {parseGenesis} from '@vitalvault/light-client';
import {Option} from 'commander';
import {CliError, EXIT} from '../cli-error.js';
import {settingsHere} from '../config.js';
import {defineCommand} from '../define-command.js';
import {broken} from '../doctor/finding.js';
import type {Finding} from '../doctor/finding.js';
import {lookAtHere} from '../doctor/look-at-here.js';
import {lookAtRelease} from '../doctor/look-at-release.js';
import {lookAtSystem} from '../doctor/look-at-system.js';
import {explainError} from '../explain-error.js';
import {startProgram} from '../ops/run-at-service.js';
import type {Session} from '../session.js';
import {styleOf} from '../text/style.js';

interface DoctorOptions {
  release?: string;
  namespace?: string;
  here?: boolean;
  all?: boolean;
}

const nameOfObject = shaped(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a name of Kubernetes');

export const doctorCommand = defineCommand<DoctorOptions>({
  name: 'doctor',
  summary:
    'what is wrong with a system, and what to do: every service, validator and engine, settings, keys, clocks, certificates, free space; exit code 1 when something is',
  home: false,
  options: [
    new Option('--release <name>', 'release of the chart, by kubectl, each pod from inside').argParser(nameOfObject),
    new Option('--namespace <name>', 'its namespace (default: that of kubectl)').argParser(nameOfObject),
    new Option('--here', 'the process of this container, by its settings').conflicts('release'),
    new Option('--all', 'tell what is right, too'),
  ],
  examples: ['vv doctor', 'vv doctor --all --json', 'vv doctor --release vv --namespace vitalvault'],
  run: async (session, options) => {
    const findings = await findingsOf(session, options);
    const wrong = findings.filter(({state}) => state !== 'ok');
    const style = styleOf(session.environment.colour);
    const shown = options.all === true ? findings : wrong;
    return {
      json: {sound: wrong.length === 0, looked: findings.length, findings},
      text: [
        ...shown.flatMap((finding) => linesOf(finding, style)),
        wrong.length === 0
          ? `sound: ${String(findings.length)} things were looked at`
          : `${String(wrong.length)} of ${String(findings.length)} things that were looked at are wrong`,
      ],
      exit: wrong.length === 0 ? EXIT.done : EXIT.refused,
    };
  },
});

async function findingsOf(session: Session, {release, namespace, here}: DoctorOptions): Promise<Finding[]> {
  if (release !== undefined) return lookAtRelease({name: release, namespace}, startProgram);
  if (namespace !== undefined)
    throw new CliError('usage', '--namespace names where a release is, and no --release was given.', {
      remedy: 'Add --release, or leave --namespace out.',
    });
  if (here === true) return lookAtHere(settingsHere());
  const {endpoints, endpointsPath: file} = session;
  const {chainId, fault} = chainOf(session);
  return [...fault, ...(await lookAtSystem({endpoints, file, chainId: endpoints.chainId ?? chainId}))];
}

// A genesis that cannot be read is a finding, and no reason to look at nothing else.
function chainOf(session: Session): {chainId?: string; fault: Finding[]} {
  try {
    return {chainId: parseGenesis(session.genesis()).chainId, fault: []};
  } catch (error) {
    const {message, remedy} = explainError(error);
    return {fault: [broken('genesis', message, remedy)]};
  }
}

function linesOf({part, state, what, remedy}: Finding, style: ReturnType<typeof styleOf>): string[] {
  if (state === 'ok') return [`${style.good('ok ')} ${part}: ${what}`];
  return [`${style.bad(state === 'broken' ? 'NO ' : 'low')} ${part}: ${what}`, `      ${remedy ?? ''}`];
}
