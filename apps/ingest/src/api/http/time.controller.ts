import {Controller, Inject} from '@nestjs/common';
import {slotOf} from '@vitalvault/contracts';
import {Serves, decimalText, route, uint32} from '@vitalvault/http';
import type {AnswerOf} from '@vitalvault/http';
import {z} from 'zod';
import type {Clock} from '../../application/ports.js';
import {CLOCK} from '../../ingest.tokens.js';

const getTime = route({
  method: 'get',
  path: '/v1/time',
  operationId: 'getTime',
  summary: "The custodian's clock, for devices that have none.",
  answers: {
    200: {description: 'Unix milliseconds and the slot.', json: z.strictObject({unixMs: decimalText, slot: uint32})},
  },
  errors: [],
});

/** The custodian's clock, for devices that have none. */
@Controller()
export class TimeController {
  constructor(@Inject(CLOCK) private readonly now: Clock) {}

  @Serves(getTime)
  time(): AnswerOf<typeof getTime> {
    const unixMs = this.now();
    return {unixMs: String(unixMs), slot: slotOf(Math.floor(unixMs / 1_000))};
  }
}
