import {LaunchError} from './launch-error.js';

const controller = new AbortController();

/** Aborted when the user (or whoever started the launcher) wants it to end: what was begun is then undone in order. */
export const interrupted: AbortSignal = controller.signal;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    controller.abort(new LaunchError(`ended by ${signal}`));
  });
}
