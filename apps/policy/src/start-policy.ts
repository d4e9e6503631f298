import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import {grpcOptions} from '@vitalvault/grpc';
import {createHttpService} from '@vitalvault/http';
import type {Host, RunningService} from '@vitalvault/process';
import {chainDistance} from './adapters/ledger/chain-distance.js';
import type {PolicyConfig} from './config.js';
import {PolicyModule} from './policy.module.js';
import {PolicyLifecycle} from './policy-lifecycle.js';
import {openRuntime} from './policy-runtime.js';
import {PROJECTION} from './policy.tokens.js';
import type {Projection} from './application/ports.js';

const BODY_LIMIT_BYTES = 1_048_576;

/** Starts the whole service; its database must be migrated. */
export async function startPolicy({config, logger, readiness}: Host<PolicyConfig>): Promise<RunningService> {
  const runtime = openRuntime(config, logger);
  const service = await createHttpService({
    module: PolicyModule.with(runtime),
    logger,
    readiness,
    host: config.host,
    httpPort: config.httpPort,
    drainMs: config.drainMs,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    microservices: [grpcOptions({services: [PolicyService], url: `${config.host}:${String(config.grpcPort)}`})],
  });
  const projection = service.app.get<Projection>(PROJECTION);
  readiness.add('database', async () =>
    (await projection.position()) === undefined ? 'the genesis is not projected' : undefined,
  );
  readiness.add('ledger', () => chainDistance(runtime.ledger, projection));
  // Transactions, proofs and documents go on without them: events wait in the outbox, and only releases are refused.
  const {topics} = service.app.get(PolicyLifecycle);
  readiness.add('kafka', () => topics.reason() ?? runtime.producer.check(), {needed: false});
  readiness.add('notify', () => runtime.notify.reachable(), {needed: false});
  logger.info('listening', {url: await service.listen()});
  return {close: () => service.close()};
}
