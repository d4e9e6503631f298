import type {FastifyInstance} from 'fastify';
import type {Readiness} from '@vitalvault/process';

/**
 * /livez: the event loop turns · /startz: it has come up · /readyz: it can do its work; 503 with the reasons otherwise.
 * What only a part waits for stands under `degraded`.
 */
export function addHealthRoutes(instance: FastifyInstance, readiness: Readiness): void {
  instance.get('/livez', () => ({status: 'ok'}));
  instance.get('/startz', (_request, reply) => {
    void reply.status(readiness.started ? 200 : 503).send({status: readiness.started ? 'ok' : 'starting'});
  });
  instance.get('/readyz', async (_request, reply) => {
    const {reasons, degraded} = await readiness.look();
    const ready = Object.keys(reasons).length === 0;
    const waits = Object.keys(degraded).length === 0 ? {} : {degraded};
    await reply
      .status(ready ? 200 : 503)
      .send(ready ? {status: 'ok', ...waits} : {status: 'not ready', reasons, ...waits});
  });
}
