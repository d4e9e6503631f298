import {createLogger, loadConfig, runService, startTelemetry} from '@vitalvault/process';
import {environment, notifyConfig} from './config.js';
import {startNotify} from './start-notify.js';

const SERVICE = 'notify';

await runService(createLogger({service: SERVICE}), async () => {
  const config = loadConfig(notifyConfig, environment());
  const telemetry = startTelemetry({service: SERVICE, organisation: config.organisation, otlpUrl: config.otlpUrl});
  const running = await startNotify(createLogger({service: SERVICE, level: config.logLevel}), config, () =>
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
