import type {LoggerService} from '@nestjs/common';
import type {Logger} from '@vitalvault/process';

const MAX_TEXT = 300;

/** NestJS's own messages through our logger: its start-up chatter at debug, what goes wrong at its level. */
export class NestLogger implements LoggerService {
  constructor(private readonly sink: Logger) {}

  log(message: unknown): void {
    this.sink.debug(`nest: ${text(message)}`);
  }

  debug(message: unknown): void {
    this.sink.debug(`nest: ${text(message)}`);
  }

  verbose(message: unknown): void {
    this.sink.debug(`nest: ${text(message)}`);
  }

  warn(message: unknown): void {
    this.sink.warn(`nest: ${text(message)}`);
  }

  error(message: unknown): void {
    if (message instanceof Error) this.sink.error('nest', {error: message});
    else this.sink.error(`nest: ${text(message)}`);
  }

  fatal(message: unknown): void {
    this.error(message);
  }
}

const text = (message: unknown): string =>
  (typeof message === 'string' ? message : message instanceof Error ? message.message : 'object').slice(0, MAX_TEXT);
