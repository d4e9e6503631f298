import {GenesisAwaited, InstallerError} from './installer-error.js';
import {installerProgram} from './program.js';

/** The chart's Job makes no second try after it. */
const GENESIS_AWAITED = 3;

/** A message is enough for what an administrator can mend; everything else is our fault and comes with its place. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const told =
    error instanceof InstallerError ||
    ['ConfigError', 'InvalidGenesisError', 'MigrationError'].includes(error.name) ||
    'syscall' in error;
  return told ? error.message : (error.stack ?? error.message);
}

// As the first process of a container Node has no default for this; everything here may be cut off at any point.
process.on('SIGTERM', () => process.exit(143));

try {
  await installerProgram.parseAsync();
} catch (error) {
  process.stderr.write(`\ninstaller: ${explain(error)}\n`);
  process.exitCode = error instanceof GenesisAwaited ? GENESIS_AWAITED : 1;
}
