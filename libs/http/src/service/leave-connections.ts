import type {FastifyInstance} from 'fastify';
import type {Readiness} from '@vitalvault/process';

/**
 * While the process stops, every answer ends its connection: whoever keeps one open comes back elsewhere, and none is
 * cut off at the end.
 */
export function leaveConnections(instance: FastifyInstance, readiness: Readiness): void {
  instance.addHook('onSend', (request, reply, _payload, done) => {
    if (readiness.stopping && request.raw.httpVersionMajor < 2) void reply.header('connection', 'close');
    done();
  });
}
