import {Controller} from '@nestjs/common';
import {encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {Serves, anyHexText, decimalText, hexText, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import {ListEpochStatements} from '../../application/list-epoch-statements.js';
import {AWAY} from './possible-codes.js';
import {atLeast, identity} from './path.dto.js';

const listEpochStatements = route({
  method: 'get',
  path: '/v1/patients/{patient}/epoch-statements',
  operationId: 'listEpochStatements',
  summary: 'The signed epochs of a patient, for her devices.',
  params: z.strictObject({patient: identity}),
  query: z.strictObject({typeTag: hexText(16).transform(fromHex).optional(), atLeast}),
  answers: {
    200: {
      description: 'Canonical SignedEpochStatements.',
      json: z.strictObject({statements: z.array(anyHexText), atHeight: decimalText}),
    },
  },
  errors: ['behind', ...AWAY],
});

@Controller()
export class EpochStatementsController {
  constructor(private readonly statements: ListEpochStatements) {}

  @Serves(listEpochStatements)
  async list({
    params: {patient},
    query: {typeTag, atLeast: height = 0n},
  }: RequestOf<typeof listEpochStatements>): Promise<AnswerOf<typeof listEpochStatements>> {
    const {statements, atHeight} = await this.statements.execute(patient, typeTag, height);
    return {
      statements: statements.map(({signed}) => toHex(encodeCanonical(SignedEpochStatementSchema, signed))),
      atHeight: atHeight.toString(),
    };
  }
}
