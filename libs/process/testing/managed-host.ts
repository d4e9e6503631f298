import {Readiness} from '../src/health/readiness.js';
import type {Logger} from '../src/logging/create-logger.js';
import {startManagement} from '../src/management/start-management.js';
import type {Host} from '../src/run/run-program.js';

/** A host as `runProgram` gives it, in the process of a spec, with a management port of its own. */
export class ManagedHost<Config> implements Host<Config> {
  readonly readiness = new Readiness();
  readonly fail = (): void => undefined;
  #management: Awaited<ReturnType<typeof startManagement>> | undefined;

  constructor(
    readonly config: Config,
    readonly logger: Logger,
  ) {}

  /** What /readyz answers. */
  async readyz(): Promise<[status: number, body: unknown]> {
    this.#management ??= await startManagement({host: '127.0.0.1', port: 0, readiness: this.readiness});
    const response = await fetch(`${this.#management.url}/readyz`);
    return [response.status, await response.json()];
  }

  async close(): Promise<void> {
    await this.#management?.close();
  }
}
