import {explain} from '@vitalvault/consent';
import type {Explanation, RefusingRule} from '@vitalvault/consent';
import {DomainError} from '@vitalvault/errors';
import type {Id, Projection} from './ports.js';

/** Tells the patient why the ledger permitted or refused an access: the chain itself holds one bit. */
export class ExplainAccess {
  constructor(private readonly ports: {projection: Projection}) {}

  /** @throws DomainError not-found when the leaf is none of an access, or not projected yet. */
  async execute(patient: Id, index: bigint): Promise<Explanation & {index: bigint}> {
    const stored = await this.ports.projection.leafAt(patient, index);
    if (stored?.leaf.event.case !== 'access')
      throw new DomainError('not-found', {detail: 'At that index of the access log stands no access.'});
    const permit = stored.leaf.event.value.decision?.permit === true;
    if (stored.verdict === undefined)
      return {index, permit, rule: 0, reason: 'This service cannot work out the reason.'};
    const {rule, byGrant} = stored.verdict;
    return {index, ...explain(rule === 0 ? {permit: true, byGrant} : {permit: false, rule: rule as RefusingRule})};
  }
}
