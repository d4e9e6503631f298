import {Controller, Get, Inject} from '@nestjs/common';
import {slotOf} from '@vitalvault/contracts';
import type {Clock} from '../../application/ports.js';
import {CLOCK} from '../../ingest.tokens.js';

/** The custodian's clock, for devices that have none. */
@Controller('v1/time')
export class TimeController {
  constructor(@Inject(CLOCK) private readonly now: Clock) {}

  @Get()
  time(): {unixMs: string; slot: number} {
    const unixMs = this.now();
    return {unixMs: String(unixMs), slot: slotOf(Math.floor(unixMs / 1_000))};
  }
}
