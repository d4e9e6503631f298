// A process as our services are, for the tests of stopping; its settings are in the environment.
import {Controller, Res} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import type {FastifyReply} from 'fastify';
import {setTimeout as sleep} from 'node:timers/promises';
import {grpcOptions} from '@vitalvault/grpc';
import {z} from 'zod';
import {Serves, openApiDocument, provide, route, serve, service} from '@vitalvault/http';
import type {RequestOf} from '@vitalvault/http';
import {commonConfig, createLogger, processConfig, stopConfig} from '@vitalvault/process';

const logger = createLogger({service: 'slow'});

const object = {description: 'Some object.', json: z.looseObject({})};
const getSlow = route({
  method: 'get',
  path: '/v1/slow/{ms}',
  operationId: 'getSlow',
  summary: 'Answers after so many milliseconds.',
  params: z.object({ms: z.string()}),
  answers: {200: object},
  errors: [],
});
const postThing = route({
  method: 'post',
  path: '/v1/things',
  operationId: 'postThing',
  summary: 'Answers at once.',
  answers: {201: object},
  errors: [],
});
const getStream = route({
  method: 'get',
  path: '/v1/stream',
  operationId: 'getStream',
  summary: 'Opens a stream.',
  answers: {200: {description: 'Comments.', bytes: ['text/event-stream']}},
  errors: [],
});

class Streams {
  readonly #open = new Set<FastifyReply>();

  add(reply: FastifyReply): void {
    this.#open.add(reply);
  }

  end(): void {
    for (const {raw} of this.#open) raw.end(': bye\n\n');
  }
}

const streams = new Streams();
let taken = 0;

@Controller()
class SlowController {
  constructor(private readonly streams: Streams) {}

  @Serves(getSlow)
  async slow({params: {ms}}: RequestOf<typeof getSlow>): Promise<{slept: string}> {
    taken++;
    await sleep(Number(ms));
    return {slept: ms};
  }

  @GrpcMethod('NotifyService', 'QueueAlert')
  async queueAlert(): Promise<object> {
    await sleep(1_000);
    return {fresh: true};
  }

  @Serves(postThing)
  add(): {status: string} {
    return {status: 'accepted'};
  }

  @Serves(getStream)
  stream(_request: RequestOf<typeof getStream>, @Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200, {'content-type': 'text/event-stream'});
    reply.raw.write(': open\n\n');
    this.streams.add(reply);
  }
}

const {host, httpPort, grpcPort} = commonConfig;

const slow = service({
  name: 'slow',
  config: z.strictObject({host, httpPort, grpcPort, ...processConfig, ...stopConfig}),
  document: openApiDocument({title: 'slow', description: 'For tests.', controllers: [SlowController]}),
  controllers: [SlowController],
  compose: (config) => ({
    providers: [provide(Streams, streams)],
    transports: [grpcOptions({services: [NotifyService], url: `127.0.0.1:${String(config.grpcPort)}`})],
    background: [{start: () => undefined, stop: () => logger.info('requests taken', {count: taken})}],
    checks: [],
    drained: () => streams.end(),
  }),
});

await serve(slow, process.env);
