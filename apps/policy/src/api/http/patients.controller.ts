import {Controller, Get, Inject, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodParams, ZodQuery} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import {AnswerProofs} from '../../application/answer-proofs.js';
import {ExplainAccess} from '../../application/explain-access.js';
import {positionAtLeast} from '../../application/freshness.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {onlyPatient} from './only-patient.js';
import {atLeastQuery, leafPath, logPath, logQuery, patientPath} from './path.dto.js';
import type {AtLeastQuery, LeafPath, LogPath, LogQuery, PatientPath} from './path.dto.js';
import {fromProofs} from './proofs-answer.js';
import type {ProofsAnswer} from './proofs-answer.js';
import {fromGrant, fromRegistrations} from './rights-answer.js';
import type {DevicesAnswer, ExplanationAnswer, GrantsAnswer} from './rights-answer.js';

/** What a patient may see of herself, and nobody else. */
@Controller('v1/patients/:patient')
@UseGuards(RequestSignatureGuard)
export class PatientsController {
  constructor(
    @Inject(AnswerProofs) private readonly proofs: AnswerProofs,
    @Inject(ExplainAccess) private readonly explainAccess: ExplainAccess,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Get('grants')
  async grants(
    @ZodParams(patientPath) {patient}: PatientPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
    @SignedBy() caller: Caller,
  ): Promise<GrantsAnswer> {
    onlyPatient(caller, patient);
    const {height} = await positionAtLeast(this.projection, atLeast);
    return {grants: (await this.projection.grantsOf(patient)).map(fromGrant), atHeight: String(height)};
  }

  @Get('devices')
  async devices(
    @ZodParams(patientPath) {patient}: PatientPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
    @SignedBy() caller: Caller,
  ): Promise<DevicesAnswer> {
    onlyPatient(caller, patient);
    const {height} = await positionAtLeast(this.projection, atLeast);
    return {devices: fromRegistrations(await this.projection.registrationsOf(patient)), atHeight: String(height)};
  }

  @Get('access-log/:index/explain')
  async explain(
    @ZodParams(leafPath) {patient, index}: LeafPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
    @SignedBy() caller: Caller,
  ): Promise<ExplanationAnswer> {
    onlyPatient(caller, patient);
    await positionAtLeast(this.projection, atLeast);
    return {...(await this.explainAccess.explain(patient, index)), index: String(index)};
  }

  // Last, because its path takes every name.
  @Get(':log')
  async log(
    @ZodParams(logPath) {patient, log}: LogPath,
    @ZodQuery(logQuery) query: LogQuery,
    @SignedBy() caller: Caller,
  ): Promise<ProofsAnswer> {
    onlyPatient(caller, patient);
    return fromProofs(await this.proofs.log(patient, {kind: log, ...query}));
  }
}
