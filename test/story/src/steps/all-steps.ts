import type {Step} from '../story-run.js';
import {systemStep} from './01-system.js';
import {peopleStep} from './02-people.js';
import {readingsStep} from './03-readings.js';
import {noGrantStep} from './04-no-grant.js';
import {grantStep} from './05-grant.js';
import {refusalsStep} from './06-refusals.js';
import {corruptionStep} from './07-corruption.js';
import {validatorStep} from './08-validator.js';
import {revocationStep} from './09-revocation.js';
import {logStep} from './10-log.js';
import {traceStep} from './11-trace.js';
import {searchStep} from './12-search.js';

/** The steps of the story, in their order. */
export const STEPS: readonly Step[] = [
  systemStep,
  peopleStep,
  readingsStep,
  noGrantStep,
  grantStep,
  refusalsStep,
  corruptionStep,
  validatorStep,
  revocationStep,
  logStep,
  traceStep,
  searchStep,
];
