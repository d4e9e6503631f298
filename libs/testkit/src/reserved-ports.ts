import {createServer} from 'node:net';

// Below the demo (26,600) and the kernel's ephemeral ports, which outgoing connections take.
const FIRST_BASE = 10_000;
const BASES = 32;
const BASE_STEP = 500;

export interface ReservedPorts {
  /** The first of them; the launcher uses fewer than there are to the next base. */
  readonly base: number;
  release(): Promise<void>;
}

/**
 * Ports for one system, which nobody else on this machine has who asks here: the last one of them is listened on until
 * they are released or this process ends, so two runs that start at once never meet each other's engines.
 * @throws Error when all are taken
 */
export async function reservePorts(): Promise<ReservedPorts> {
  const first = Math.floor(Math.random() * BASES);
  for (let tried = 0; tried < BASES; tried++) {
    const base = FIRST_BASE + BASE_STEP * ((first + tried) % BASES);
    const release = await listenOn(base + BASE_STEP - 1);
    if (release !== undefined) return {base, release};
  }
  throw new Error(`all ${BASES} ranges of ports are taken`);
}

/** @returns ends it; undefined: somebody else listens there */
function listenOn(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer().unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({port, host: '127.0.0.1', exclusive: true}, () => {
      resolve(
        () =>
          new Promise((closed) => {
            server.close(() => closed());
          }),
      );
    });
  });
}
