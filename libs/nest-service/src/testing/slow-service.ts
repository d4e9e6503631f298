// A process as our services are, for the tests of stopping: node slow-service.js <port> <drainMs> <closeMs>.
import {Controller, Get, Module, Param, Post, Res} from '@nestjs/common';
import type {OnApplicationShutdown, OnModuleDestroy} from '@nestjs/common';
import type {FastifyReply} from 'fastify';
import {setTimeout as sleep} from 'node:timers/promises';
import {createHttpService} from '../http/create-http-service.js';
import {runService} from '../http/run-service.js';
import {createLogger} from '../logging/create-logger.js';

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

const [port, drainMs, closeMs] = process.argv.slice(2).map(Number) as [number, number, number];

await runService(logger, async () => {
  const service = await createHttpService({module: SlowModule, logger, host: '127.0.0.1', httpPort: port, drainMs});
  await service.listen();
  return {closeWithinMs: drainMs + closeMs, close: () => service.close()};
});
