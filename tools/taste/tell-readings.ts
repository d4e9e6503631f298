import {LIMITS, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {PostedRecordSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {HEART_RATE, heartRateReading, newSigningKey} from '@vitalvault/sdk';
import {random} from './cast.js';
import type {Cast} from './cast.js';
import type {Narrator} from './narrator.js';
import {refusalOf} from './refusal-of.js';
import {register, watchOf} from './watch.js';

const NOTE = 'after the stairs';
const READINGS = 130;
/** Hours: how long ago the epochs of her key began. */
const EPOCH_SLOTS = 1_000;

/** A watch is registered once, and its readings travel sealed. @returns what it measured */
export async function tellReadings({platform, ledger, slot, her, stranger}: Cast, narrator: Narrator) {
  narrator.chapter('A watch is registered');
  narrator.tell(`the patient is ${her.keys.patient}: a number made from her key, no name`);
  const deviceKey = newSigningKey(random);
  for (const {patient} of [her, stranger]) await patient.publishEpochs([HEART_RATE], slot - EPOCH_SLOTS);
  const {device, registration} = await watchOf(her.patient, deviceKey, ledger, slot - EPOCH_SLOTS);
  narrator.holds('she and her watch both signed, and the ledger took it', registration === 1);
  const second = await refusalOf(() => register(stranger.patient, deviceKey, ledger, slot));
  narrator.holds(`a stranger who holds the watch itself is refused: ${second}`, second === 'deviceTaken', second);

  narrator.chapter('Its readings are sealed before they leave');
  const sent = Array.from({length: READINGS}, (_, i) =>
    heartRateReading(
      {timeMs: ((slot - 2) * LIMITS.slotSeconds + i * 30) * 1_000, beatsPerMinute: 60 + (i % 40), note: NOTE},
      0,
      random,
    ),
  );
  const records = await device.seal(HEART_RATE, sent);
  const outcomes = await device.post(records);
  const accepted = outcomes.every(({status}) => status === 'accepted');
  narrator.holds(`${READINGS} readings in ${records.length} signed records: each got a receipt`, accepted);
  const stored = [...platform.records.values()].map(({posted}) => encodeCanonical(PostedRecordSchema, posted));
  const holding = (what: string): number => stored.filter((bytes) => latin1(bytes).includes(what)).length;
  const size = stored.reduce((sum, {length}) => sum + length, 0);
  narrator.tell(`the hospital stores ${size} bytes; what is in them?`);
  narrator.holds('her number stands in every record', holding(latin1(fromHex(her.keys.patient))) === records.length);
  narrator.holds('her note and the type of the readings stand in none', holding(NOTE) + holding(HEART_RATE) === 0);
  const early = await device.settle();
  narrator.holds('the watch forgets nothing yet: accepted is not anchored', early.waiting === records.length);
  platform.anchor();
  const settled = await device.settle();
  narrator.holds('they are on the ledger now, and it forgets them', settled.anchored.length === records.length);
  return sent;
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
