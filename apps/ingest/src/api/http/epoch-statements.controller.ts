import {Controller, Get} from '@nestjs/common';
import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {ZodParams, ZodQuery} from '@vitalvault/http';
import {ListEpochStatements} from '../../application/list-epoch-statements.js';
import {patientParams, statementsQuery} from './path.dto.js';
import type {PatientParams, StatementsQuery} from './path.dto.js';

@Controller('v1/patients')
export class EpochStatementsController {
  constructor(private readonly statements: ListEpochStatements) {}

  @Get(':patient/epoch-statements')
  async list(
    @ZodParams(patientParams) {patient}: PatientParams,
    @ZodQuery(statementsQuery) {typeTag, atLeast}: StatementsQuery,
  ): Promise<{statements: string[]; atHeight: string}> {
    const {statements, atHeight} = await this.statements.execute(patient, typeTag, atLeast ?? 0n);
    return {
      statements: statements.map(({signed}) => toHex(encodeCanonical(SignedEpochStatementSchema, signed))),
      atHeight: atHeight.toString(),
    };
  }
}
