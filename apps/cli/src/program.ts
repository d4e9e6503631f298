import {Command} from 'commander';
import {toJson} from './answer.js';
import {EXIT} from './cli-error.js';
import {chainCommand} from './commands/chain.js';
import {checkCommand} from './commands/check.js';
import {clinicianCommand} from './commands/clinician.js';
import {deviceCommand} from './commands/device.js';
import {doctorCommand} from './commands/doctor.js';
import {logCommand} from './commands/log.js';
import {memberCommand} from './commands/member.js';
import {opsCommands} from './commands/ops.js';
import {orgCommand} from './commands/org.js';
import {patientCommand} from './commands/patient.js';
import {spansCommand} from './commands/spans.js';
import {traceCommand} from './commands/trace.js';
import {verifyCommand} from './commands/verify.js';

/** Runs one `vv` command line; sets the exit code. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const program = vvProgram();
  if (argv.includes('--json')) tellUsageInJson(program);
  exitWithUsage(program);
  await program.parseAsync(argv);
}

/** All commands of `vv`. */
export function vvProgram(): Command {
  const program = new Command('vv')
    .description(
      "VitalVault on the command line: what a patient, her wearable, a clinician, an organisation's office and those on call do.",
    )
    .version('0.1.0')
    .showHelpAfterError('(see --help)')
    // What follows the service of `vv ops` is its own program's, options too: no parent may read them before.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 refused or not proven, 2 wrong use, 3 not reachable (try again), 70 a bug.',
    );
  const commands = [
    orgCommand,
    memberCommand,
    patientCommand,
    deviceCommand,
    clinicianCommand,
    logCommand,
    verifyCommand,
    traceCommand,
    spansCommand,
    chainCommand,
    checkCommand,
    doctorCommand,
    opsCommands,
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}

// Commander ends with 1 on wrong arguments; 1 means "refused" here. Subcommands do not inherit the override.
function exitWithUsage(command: Command): void {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));
  for (const child of command.commands) exitWithUsage(child);
}

// A script that asked for JSON reads errors as JSON too, also those that are found before a command begins.
function tellUsageInJson(command: Command): void {
  command.showHelpAfterError(false).configureOutput({
    outputError: (text, write) => {
      const message = text.replace(/^error: /, '').trim();
      write(`${toJson({error: {code: 'usage', message, remedy: 'See --help.', meta: {}, exit: EXIT.usage}})}\n`);
    },
  });
  for (const child of command.commands) tellUsageInJson(child);
}
