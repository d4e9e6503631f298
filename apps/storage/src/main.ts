import {createLogger, loadConfig, runService, startTelemetry} from '@vitalvault/process';
import {environment, storageConfig} from './config.js';
import {startStorage} from './start-storage.js';

const SERVICE = 'storage';

await runService(createLogger({service: SERVICE}), async () => {
  const config = loadConfig(storageConfig, environment());
  const telemetry = startTelemetry({service: SERVICE, organisation: config.organisation, otlpUrl: config.otlpUrl});
  const running = await startStorage(createLogger({service: SERVICE, level: config.logLevel}), config, () =>
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
