import {FakeFacts} from '../../test/support/fakes.js';
import {patient} from '../../test/support/records.js';
import {ListSuccessions} from './list-successions.js';
import type {PatientSuccessions} from './ports.js';

/** Policy that stands at height 9 and notes what it is asked. */
class NotingFacts extends FakeFacts {
  readonly questions: unknown[][] = [];

  override successions(...question: unknown[]): Promise<PatientSuccessions> {
    this.questions.push(question);
    return super.successions();
  }
}

describe('ListSuccessions', () => {
  it('asks for this patient and for what comes after the number that is known', async () => {
    const facts = new NotingFacts();
    await new ListSuccessions({facts}).execute(patient, 3, 0n);
    expect(facts.questions).toEqual([[patient, 3]]);
  });

  it.each([
    [9n, undefined],
    [10n, 'behind'],
  ])('at height 9, asked for height %s: %s', async (atLeast, code) => {
    const asked = new ListSuccessions({facts: new FakeFacts()}).execute(patient, 0, atLeast);
    if (code === undefined) expect((await asked).atHeight).toBe(9n);
    else await expect(asked).rejects.toMatchObject({code, retryAfterSeconds: 1, meta: {atHeight: '9'}});
  });
});
