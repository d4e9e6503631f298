import {requireKnownVariables} from './config.js';
import {errnoOf, LaunchError} from './launch-error.js';
import {launcherProgram} from './program.js';

// kafkajs computes a negative time-out on every request and Node warns of it; nobody can do anything about that.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'TimeoutNegativeWarning') console.error(warning.message);
});

function explain(error: unknown): string {
  if (error instanceof LaunchError) return error.message;
  if (errnoOf(error) === 'ENOSPC')
    return `The disk is full (${String(error)}). Free some space, or use DATA=dir and VITALVAULT_CACHE=dir on another disk.`;
  if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EROFS')
    return `${String(error)}. The data directory (DATA=dir) and the cache (VITALVAULT_CACHE=dir) must be writable for you.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  requireKnownVariables();
  await launcherProgram.parseAsync();
} catch (error) {
  console.error(`\nlauncher: ${explain(error)}`);
  process.exitCode = 1;
}
