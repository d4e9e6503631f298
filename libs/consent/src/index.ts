export type {AccessFacts, AccessRequest, GrantTerms, Reader} from './access-question.js';
export {coversEveryTag, coversTag, decideAccess} from './decide-access.js';
export type {AccessDecision, RefusingRule} from './decide-access.js';
export {explain} from './explain.js';
export type {Explanation} from './explain.js';
