import {STATE_KIND} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, enrolPatient, testOrganisation} from '@vitalvault/ledger-state/testing';
import {FakeChain} from '../../../test/support/fake-chain.js';
import {CometLedgerSource} from './comet-ledger-source.js';

const {patient, recovery} = PEOPLE;

it('a validator that is busy has answered: who asks does not keep her place while it is asked again', async () => {
  const chain = new FakeChain(1_704_067_200n);
  chain.run(enrolPatient(patient, recovery), [testOrganisation('hospital').sponsor, patient, recovery]);
  chain.commit([]);
  const proofs = chain.proofs.bind(chain);
  let answers = 0;
  const answersBefore: number[] = [];
  chain.proofs = (question) => {
    answersBefore.push(answers);
    if (answersBefore.length > 1) return proofs(question);
    return Promise.reject(new DomainError('ledger-unavailable', {meta: {reason: 'busy'}}));
  };
  const source = new CometLedgerSource(chain as never, [], chain.validatorSet.trust);
  await source.verifiedProofs(
    {keys: [{kind: STATE_KIND.patient, parts: [patient.id]}]},
    {atLeast: 1n, answered: () => void (answers += 1)},
  );
  expect(answersBefore).toEqual([0, 1]);
});
