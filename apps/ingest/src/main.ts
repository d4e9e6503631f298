import {createLogger, loadConfig, runService, startTelemetry} from '@vitalvault/process';
import {environment, ingestConfig} from './config.js';
import {startIngest} from './start-ingest.js';

const SERVICE = 'ingest';

await runService(createLogger({service: SERVICE}), async () => {
  const config = loadConfig(ingestConfig, environment());
  const telemetry = startTelemetry({service: SERVICE, organisation: config.organisation, otlpUrl: config.otlpUrl});
  const running = await startIngest(createLogger({service: SERVICE, level: config.logLevel}), config, () =>
    process.exit(1),
  );
  return {
    closeWithinMs: config.drainMs + config.closeMs,
    close: async () => {
      await running.close();
      await telemetry.shutdown();
    },
  };
});
