import {DomainError} from '@vitalvault/errors';
import {FakeFacts} from '../../test/support/fakes.js';
import {patient, tag} from '../../test/support/records.js';
import {ListEpochStatements} from './list-epoch-statements.js';
import type {PatientEpochs} from './ports.js';

/** Policy that stands at height 9 and notes what it is asked. */
class NotingFacts extends FakeFacts {
  readonly questions: unknown[][] = [];

  override epochs(...question: unknown[]): Promise<PatientEpochs> {
    this.questions.push(question);
    return super.epochs();
  }
}

describe('ListEpochStatements', () => {
  it.each([undefined, tag])('asks for this patient and tag only (%s)', async (typeTag) => {
    const facts = new NotingFacts();
    const {statements} = await new ListEpochStatements({facts}).execute(patient, typeTag, 0n);
    expect(statements).toBe(facts.statements);
    expect(facts.questions).toEqual([[patient, typeTag]]);
  });

  // An older list would lack an epoch that the device's owner has just begun.
  it.each([
    [8n, undefined],
    [9n, undefined],
    [10n, 'behind'],
  ])('at height 9, asked for height %s: %s', async (atLeast, code) => {
    const asked = new ListEpochStatements({facts: new FakeFacts()}).execute(patient, undefined, atLeast);
    if (code === undefined) expect((await asked).atHeight).toBe(9n);
    else await expect(asked).rejects.toMatchObject({code, retryAfterSeconds: 1, meta: {atHeight: '9'}});
  });

  it('gives nothing when policy is away', async () => {
    const facts = new FakeFacts();
    facts.away = true;
    const asked = Promise.resolve().then(() => new ListEpochStatements({facts}).execute(patient, undefined, 0n));
    await expect(asked).rejects.toBeInstanceOf(DomainError);
  });
});
