// A process as our services are, for the tests of stopping; its settings are in the environment.
import {Controller, Module, Res} from '@nestjs/common';
import type {OnApplicationShutdown, OnModuleDestroy} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import type {FastifyReply} from 'fastify';
import {setTimeout as sleep} from 'node:timers/promises';
import {grpcOptions} from '@vitalvault/grpc';
import {z} from 'zod';
import {route} from '../route/route.js';
import type {RequestOf} from '../route/route.js';
import {Serves} from '../route/serves.js';
import {createHttpService} from '../service/create-http-service.js';
import {commonConfig, createLogger, processConfig, runProgram, stopConfig} from '@vitalvault/process';

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

@Controller()
class SlowController implements OnModuleDestroy, OnApplicationShutdown {
  readonly #streams = new Set<FastifyReply>();
  #taken = 0;

  @Serves(getSlow)
  async slow({params: {ms}}: RequestOf<typeof getSlow>): Promise<{slept: string}> {
    this.#taken++;
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
    this.#streams.add(reply);
  }

  onApplicationShutdown(): void {
    logger.info('requests taken', {count: this.#taken});
  }

  onModuleDestroy(): void {
    for (const {raw} of this.#streams) raw.end(': bye\n\n');
  }
}

@Module({controllers: [SlowController]})
class SlowModule {}

const {httpPort, grpcPort} = commonConfig;
const settings = z.strictObject({httpPort, grpcPort, ...processConfig, ...stopConfig});

await runProgram({name: 'slow', settings, env: process.env}, async ({config, readiness}) => {
  const service = await createHttpService({
    module: SlowModule,
    logger,
    readiness,
    host: '127.0.0.1',
    httpPort: config.httpPort,
    drainMs: config.drainMs,
    microservices: [grpcOptions({services: [NotifyService], url: `127.0.0.1:${String(config.grpcPort)}`})],
  });
  await service.listen();
  return service;
});
