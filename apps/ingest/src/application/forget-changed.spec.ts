import type {MessageInitShape} from '@bufbuild/protobuf';
import {encodeCanonical} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {harness} from '../../test/support/fakes.js';
import {SLOT, device, patient, random, tag} from '../../test/support/records.js';
import {ForgetChanged} from './forget-changed.js';

/** What is asked again of policy after an event, of the two that were remembered: the device and her epochs. */
async function askedAfter(event: {patient: Uint8Array; accessLeaf: Uint8Array}): Promise<number> {
  const {known, facts} = harness();
  const ask = async (): Promise<void> => {
    await known.device(device, 1);
    await known.epochCovers({patient, typeTag: tag, epoch: 1, slot: SLOT});
  };
  await ask();
  const before = facts.asked;
  new ForgetChanged({facts: known}).execute(event);
  await ask();
  return facts.asked - before;
}

describe('ForgetChanged', () => {
  it.each([
    ['deviceRemoved', {device, registration: 1}, 1],
    ['deviceRegistered', {device, registration: 1}, 1],
    ['deviceRemoved', {device, registration: 2}, 0],
    ['deviceRemoved', {device: random(20), registration: 1}, 0],
    ['keys', {}, 1],
    ['grant', {}, 1],
    ['access', {}, 0],
  ] as const)('%s %o: %i question more', async (name, value, more) => {
    const event = {case: name, value} as MessageInitShape<typeof AccessLeafSchema>['event'] & object;
    expect(await askedAfter({patient, accessLeaf: encodeCanonical(AccessLeafSchema, {index: 1n, event})})).toBe(more);
  });

  it("keeps her epochs when another patient's change", async () => {
    const accessLeaf = encodeCanonical(AccessLeafSchema, {index: 1n, event: {case: 'keys', value: {}}});
    expect(await askedAfter({patient: random(20), accessLeaf})).toBe(0);
  });

  it('takes an event without a leaf', async () => {
    expect(await askedAfter({patient, accessLeaf: new Uint8Array()})).toBe(0);
  });

  it('stands still at a leaf that it cannot read, rather than miss a removal', async () => {
    await expect(askedAfter({patient, accessLeaf: Uint8Array.of(1, 2, 3)})).rejects.toMatchObject({
      name: 'NotCanonicalError',
    });
  });
});
