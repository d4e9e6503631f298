import type {z} from 'zod';
import {loadConfig} from '../config/load-config.js';
import {Readiness} from '../health/readiness.js';
import {watchReadiness} from '../health/watch-readiness.js';
import {createLogger} from '../logging/create-logger.js';
import type {Logger} from '../logging/create-logger.js';
import {LogLevel} from '../logging/log-level.js';
import type {Level} from '../logging/log-level.js';
import {startManagement} from '../management/start-management.js';
import {startMetrics} from '../metrics/start-metrics.js';
import {startTelemetry} from '../telemetry/start-telemetry.js';
import {connectInTime} from './connect-in-time.js';
import {Opened} from './opened.js';
import {runService} from './run-service.js';
import type {RunningService} from './run-service.js';

/** Settings that every program of ours has (`processConfig`), and those that it may have. */
export interface ProcessSettings {
  readonly logLevel: Level;
  readonly managementHost: string;
  readonly managementPort?: number | undefined;
  readonly otlpUrl?: string | undefined;
  readonly otlpMetricsUrl?: string | undefined;
  readonly organisation?: string | undefined;
  readonly drainMs?: number | undefined;
  readonly closeMs?: number | undefined;
}

/** What a program is given to do its work with. */
export interface Host<Config> {
  readonly config: Config;
  readonly logger: Logger;
  /** Where it tells what it waits for; it is started when `start` resolves and stopping from the signal on. */
  readonly readiness: Readiness;
  /** Ends the process at once, with 1: going on would be wrong. */
  readonly fail: () => void;
}

/** For a program without the setting `closeMs`; its default there. */
const CLOSE_MS = 12_000;

/**
 * Runs a program of ours: settings, logs, spans and metrics, and the management port, which opens before anything else
 * and closes after everything.
 * @param start brings the work up; what it resolves to ends it
 */
export async function runProgram<Config extends ProcessSettings>(
  program: {
    readonly name: string;
    readonly settings: z.ZodObject & z.ZodType<Config>;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
  start: (host: Host<Config>) => Promise<Pick<RunningService, 'close'>>,
): Promise<void> {
  const {name: service} = program;
  await runService(createLogger({service}), async () => {
    const config: Config = loadConfig(program.settings, program.env);
    const {managementHost: host, managementPort: port, otlpUrl, otlpMetricsUrl, organisation} = config;
    const whose = organisation === undefined ? {} : {organisation};
    const logLevel = new LogLevel(config.logLevel);
    const logger = createLogger({service, level: logLevel});
    const readiness = new Readiness();
    const opened = new Opened();
    try {
      opened.add(connectInTime(), (stop) => stop());
      const metrics = opened.add(startMetrics({service, otlpUrl: otlpMetricsUrl, ...whose}), (it) => it.shutdown());
      watchReadiness(readiness);
      opened.add(readiness.keepLooking(), (stop) => stop());
      if (port !== undefined) {
        const told = {readiness, metrics, logLevel, logger};
        opened.add(await startManagement({host, port, ...told}), (it) => it.close());
      }
      if (otlpUrl !== undefined) opened.add(startTelemetry({service, otlpUrl, ...whose}), (it) => it.shutdown());
      opened.add(await start({config, logger, readiness, fail: () => process.exit(1)}), (it) => it.close());
    } catch (error) {
      await opened.abandon();
      throw error;
    }
    readiness.started = true;
    return {
      closeWithinMs: (config.drainMs ?? 0) + (config.closeMs ?? CLOSE_MS),
      close: async () => {
        readiness.stop();
        await opened.close();
      },
    };
  });
}
