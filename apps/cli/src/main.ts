import {Command} from 'commander';
import {chainCommand} from './commands/chain.js';
import {clinicianCommand} from './commands/clinician.js';
import {deviceCommand} from './commands/device.js';
import {logCommand} from './commands/log.js';
import {memberCommand} from './commands/member.js';
import {orgCommand} from './commands/org.js';
import {patientCommand} from './commands/patient.js';
import {storyCommand} from './commands/story.js';
import {traceCommand} from './commands/trace.js';
import {verifyCommand} from './commands/verify.js';

const program = new Command('vv')
  .description('VitalVault on the command line: what a patient, her wearable, a clinician and an organisation\'s office do.')
  .version('0.1.0')
  .showHelpAfterError('(see --help)')
  .addHelpText('after', '\nExit codes: 0 done, 1 refused or not proven, 2 wrong use, 3 not reachable (try again), 70 a bug.');
for (const command of [orgCommand, memberCommand, patientCommand, deviceCommand, clinicianCommand, logCommand, verifyCommand, traceCommand, chainCommand, storyCommand]) program.addCommand(command);
program.exitOverride((error) => { process.exit(error.exitCode === 0 ? 0 : 2); });
await program.parseAsync();
