// A process as our services are, for the tests of stopping: node slow-service.js <port> <grpcPort> <drainMs> <closeMs>.
import {Controller, Get, Module, Param, Post, Res} from '@nestjs/common';
import type {OnApplicationShutdown, OnModuleDestroy} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import type {FastifyReply} from 'fastify';
import {setTimeout as sleep} from 'node:timers/promises';
import {grpcOptions} from '@vitalvault/grpc';
import {createHttpService} from '../service/create-http-service.js';
import {runService, createLogger} from '@vitalvault/process';

const logger = createLogger({service: 'slow'});

@Controller('v1')
class SlowController implements OnModuleDestroy, OnApplicationShutdown {
  readonly #streams = new Set<FastifyReply>();
  #taken = 0;

  @Get('slow/:ms')
  async slow(@Param('ms') ms: string): Promise<object> {
    this.#taken++;
    await sleep(Number(ms));
    return {slept: ms};
  }

  @GrpcMethod('NotifyService', 'QueueAlert')
  async queueAlert(): Promise<object> {
    await sleep(1_000);
    return {fresh: true};
  }

  @Post('things')
  add(): object {
    return {status: 'accepted'};
  }

  @Get('stream')
  stream(@Res() reply: FastifyReply): void {
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

const [port, grpcPort, drainMs, closeMs] = process.argv.slice(2).map(Number) as [number, number, number, number];

await runService(logger, async () => {
  const service = await createHttpService({
    module: SlowModule,
    logger,
    host: '127.0.0.1',
    httpPort: port,
    drainMs,
    microservices: [grpcOptions({services: [NotifyService], url: `127.0.0.1:${String(grpcPort)}`})],
  });
  await service.listen();
  return {closeWithinMs: drainMs + closeMs, close: () => service.close()};
});
