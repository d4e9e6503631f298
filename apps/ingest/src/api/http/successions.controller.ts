import {Controller} from '@nestjs/common';
import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {Serves, anyHexText, decimalText, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import {ListSuccessions} from '../../application/list-successions.js';
import {AWAY} from './possible-codes.js';
import {atLeast, identity, uint32} from './path.dto.js';

const listSuccessions = route({
  method: 'get',
  path: '/v1/patients/{patient}/successions',
  operationId: 'listSuccessions',
  summary: "Which signing key took another's place, for a patient's devices; 256 at the most, ascending by n.",
  params: z.strictObject({patient: identity}),
  query: z.strictObject({
    after: z
      .union([z.literal('0').transform(() => 0), uint32])
      .optional()
      .describe('The n that is known; left out: 0.'),
    atLeast,
  }),
  answers: {
    200: {
      description: 'Canonical SignedKeySuccessions with a greater n than `after`.',
      json: z.strictObject({successions: z.array(anyHexText), atHeight: decimalText}),
    },
  },
  errors: ['behind', ...AWAY],
});

@Controller()
export class SuccessionsController {
  constructor(private readonly successions: ListSuccessions) {}

  @Serves(listSuccessions)
  async list({
    params: {patient},
    query: {after = 0, atLeast: height = 0n},
  }: RequestOf<typeof listSuccessions>): Promise<AnswerOf<typeof listSuccessions>> {
    const {successions, atHeight} = await this.successions.execute(patient, after, height);
    return {
      successions: successions.map((signed) => toHex(encodeCanonical(SignedKeySuccessionSchema, signed))),
      atHeight: atHeight.toString(),
    };
  }
}
