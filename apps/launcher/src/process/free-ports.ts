import {createServer} from 'node:net';
import {errnoOf, LaunchError} from '../launch-error.js';
import type {ProcessSpec} from './process-spec.js';

/** @throws LaunchError that names every port of `specs` that somebody else listens on. */
export async function requireFreePorts(specs: ProcessSpec[]): Promise<void> {
  const wanted = specs.flatMap((spec) => spec.ports.map((port) => ({name: spec.name, port})));
  const taken: string[] = [];
  for (const {name, port} of wanted) {
    if (!(await isFree(port))) taken.push(`127.0.0.1:${String(port)} (${name})`);
  }
  if (taken.length === 0) return;
  throw new LaunchError(
    `In use by another program: ${taken.join(', ')}. Choose other ports with PORT_BASE=n (a system takes n to n+413), or stop that program.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (errnoOf(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}
