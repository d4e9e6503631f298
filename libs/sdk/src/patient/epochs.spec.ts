import {expect, it} from '@jest/globals';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people} from '../../testing/people.js';

it('published again from an earlier hour, the first epoch is extended under its key; from a later one, left alone', async () => {
  const {patient, keys} = await people();
  const first = keys.epochs.find(({typeName, epoch}) => typeName === HEART_RATE && epoch === 1);
  if (first === undefined) throw new Error('nothing is published');
  const {publicKey, fromSlot} = first;
  const {outcomes} = await patient.publishEpochs([HEART_RATE, 'omh:step-count'], fromSlot - 5);
  expect(outcomes).toMatchObject([
    {typeName: HEART_RATE, epoch: 1, fromSlot: fromSlot - 5, codeName: 'ok'},
    {typeName: 'omh:step-count', epoch: 1, fromSlot: fromSlot - 5, codeName: 'ok'},
  ]);
  const stored = keys.epochs.filter(({typeName}) => typeName === HEART_RATE);
  expect(stored).toMatchObject([{epoch: 1, publicKey, fromSlot: fromSlot - 5, published: true}]);
  expect((await patient.publishEpochs([HEART_RATE], fromSlot)).results).toEqual([]);
});
