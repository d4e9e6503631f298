import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import {grpcOptions} from '@vitalvault/grpc';
import {createHttpService} from '@vitalvault/http';
import {createLogger, runService, startTelemetry} from '@vitalvault/process';
import type {RunningService} from '@vitalvault/process';
import {chainDistance} from './adapters/ledger/chain-distance.js';
import {readConfig} from './config.js';
import type {PolicyConfig} from './config.js';
import {PolicyModule} from './policy.module.js';
import {PolicyLifecycle} from './policy-lifecycle.js';
import {openRuntime} from './policy-runtime.js';
import {PROJECTION} from './policy.tokens.js';
import type {Projection} from './application/ports.js';

const SERVICE = 'policy';
const BODY_LIMIT_BYTES = 1_048_576;

async function start(config: PolicyConfig): Promise<RunningService> {
  const logger = createLogger({service: SERVICE, level: config.logLevel});
  const telemetry = startTelemetry({service: SERVICE, organisation: config.organisation, otlpUrl: config.otlpUrl});
  const runtime = openRuntime(config, logger);
  const service = await createHttpService({
    module: PolicyModule.with(runtime),
    logger,
    host: config.host,
    httpPort: config.httpPort,
    drainMs: config.drainMs,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    microservices: [grpcOptions({services: [PolicyService], url: `${config.host}:${String(config.grpcPort)}`})],
  });
  const projection = service.app.get<Projection>(PROJECTION);
  service.readiness.add('database', async () =>
    (await projection.position()) === undefined ? 'the genesis is not projected' : undefined,
  );
  service.readiness.add('ledger', () => chainDistance(runtime.ledger, projection));
  // Transactions, proofs and documents go on without them: events wait in the outbox, and only releases are refused.
  const {topics} = service.app.get(PolicyLifecycle);
  service.readiness.add('kafka', () => topics.reason() ?? runtime.producer.check(), {needed: false});
  service.readiness.add('notify', () => runtime.notify.reachable(), {needed: false});
  logger.info('listening', {url: await service.listen()});
  return {
    closeWithinMs: config.drainMs + config.closeMs,
    close: async () => {
      await service.close();
      await telemetry.shutdown();
    },
  };
}

await runService(createLogger({service: SERVICE}), () => start(readConfig()));
