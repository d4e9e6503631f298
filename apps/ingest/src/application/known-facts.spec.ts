import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {incomplete} from '@vitalvault/contracts/testing';
import {FakeFacts, freely, harness} from '../../test/support/fakes.js';
import {SLOT, device, patient, tag} from '../../test/support/records.js';
import {KnownFacts} from './known-facts.js';

const question = {patient, typeTag: tag, epoch: 2, slot: SLOT};
const second = {typeTag: tag, epoch: 2, fromSlot: SLOT - 1, signed: incomplete(SignedEpochStatementSchema, {})};

describe('KnownFacts', () => {
  it('asks once for many at the same time, and again when the time is over', async () => {
    const {known, facts, clock} = harness();
    await Promise.all(Array.from({length: 20}, () => known.device({device, registration: 1}, freely)));
    await known.device({device, registration: 1}, freely);
    expect(facts.asked).toBe(1);
    clock.ms += 30_001;
    await known.device({device, registration: 1}, freely);
    expect(facts.asked).toBe(2);
  });

  it('believes for two seconds that a device is unknown, unless it is told that it was registered', async () => {
    const {known, facts, clock} = harness();
    const {registered} = facts;
    facts.registered = undefined;
    expect(await known.device({device, registration: 1}, freely)).toBeUndefined();
    facts.registered = registered;
    clock.ms += 2_000;
    expect(await known.device({device, registration: 1}, freely)).toBeUndefined();
    expect(facts.asked).toBe(1);
    clock.ms += 1;
    expect(await known.device({device, registration: 1}, freely)).toBe(registered);
    facts.registered = undefined;
    expect(await known.device({device, registration: 2}, freely)).toBeUndefined();
    facts.registered = registered;
    known.forgetDevice(device, 2);
    expect(await known.device({device, registration: 2}, freely)).toBe(registered);
  });

  it('asks one question for all devices that it does not know, and waits for those that somebody asks for', async () => {
    const {known, facts} = harness();
    const wanted = [1, 2, 3].map((registration) => ({device, registration}));
    const [first, both] = await Promise.all([known.devices(wanted.slice(0, 2), freely), known.devices(wanted, freely)]);
    expect([first.size, both.size, facts.asked]).toEqual([2, 3, 2]);
    await known.devices(wanted, freely);
    expect(facts.asked).toBe(2);
  });

  it('a change of one thing leaves what is known of others, also what is asked for now', async () => {
    const {known, facts} = harness();
    const asked = known.device({device, registration: 1}, freely);
    known.forgetDevice(device, 2);
    known.forgetEpochs(patient);
    await asked;
    await known.device({device, registration: 1}, freely);
    expect(facts.asked).toBe(1);
  });

  it('knows nothing any more when changes may have been missed', async () => {
    const {known, facts} = harness();
    await known.device({device, registration: 1}, freely);
    await known.epochCovers({...question, epoch: 1});
    known.forgetAll();
    await known.device({device, registration: 1}, freely);
    await known.epochCovers({...question, epoch: 1});
    expect(facts.asked).toBe(4);
  });

  it('asks again before it refuses an epoch that may be new', async () => {
    const {known, facts} = harness();
    expect(await known.epochCovers({...question, epoch: 1})).toBe(true);
    expect(await known.epochCovers(question)).toBe(false);
    facts.statements = [...facts.statements, second];
    expect(await known.epochCovers(question)).toBe(true);
  });

  it('keeps no answer that was on its way when the change was told', async () => {
    const {promise: gate, resolve: open} = Promise.withResolvers<undefined>();
    const slow = new FakeFacts();
    const old = slow.registered;
    const known = new KnownFacts(
      {ttlMs: 30_000, now: () => 0},
      {
        devices: async () => {
          const answer = slow.registered;
          await gate;
          return [answer];
        },
        epochs: () => slow.epochs(),
      },
    );
    const asked = known.device({device, registration: 1}, freely);
    known.forgetDevice(device, 1);
    slow.registered = undefined;
    open(undefined);
    expect(await asked).toBe(old);
    expect(await known.device({device, registration: 1}, freely)).toBeUndefined();
  });
});
