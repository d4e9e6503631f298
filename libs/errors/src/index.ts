export {CATALOGUE, PROBLEM_BASE, STATUS} from './catalogue.js';
export type {Category, Entry, ErrorCode} from './catalogue.js';
export {DomainError, isErrorCode, toProblem} from './domain-error.js';
export type {ErrorContext, Problem} from './domain-error.js';
