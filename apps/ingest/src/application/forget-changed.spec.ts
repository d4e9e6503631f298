import type {MessageInitShape} from '@bufbuild/protobuf';
import {encodeCanonical} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {freely, harness} from '../../test/support/fakes.js';
import {SLOT, device, patient, random, tag} from '../../test/support/records.js';
import {ForgetChanged} from './forget-changed.js';

/** What is asked again of policy after an event, of the two that were remembered: the device and her epochs. */
async function askedAfter(
  event: {patient: Uint8Array; accessLeaf: Uint8Array},
  more: readonly number[] = [],
): Promise<number> {
  const {known, facts} = harness();
  const ask = async (): Promise<void> => {
    await known.device({device, registration: 1}, freely);
    await known.epochCovers({patient, typeTag: tag, epoch: 1, slot: SLOT});
  };
  await ask();
  const before = facts.asked;
  new ForgetChanged({facts: known}).execute(Uint8Array.from([...encodeCanonical(LedgerEventSchema, event), ...more]));
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

  it.each([
    ['a leaf that it cannot read', Uint8Array.of(1, 2, 3), []],
    ['a leaf of a later version', Uint8Array.of(0x08, 0x01, 0x9a, 0x06, 0x00), []],
    ['a leaf without an event', Uint8Array.of(0x08, 0x01), []],
    ['an event of a later version', new Uint8Array(), [0xf8, 0x07, 1]],
    ['what is no event', new Uint8Array(), [0xff]],
  ])('forgets all at %s, rather than miss a removal or stand', async (_what, accessLeaf, more) => {
    expect(await askedAfter({patient: random(20), accessLeaf}, more)).toBe(2);
  });
});
