import {decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {HEART_RATE, heartRateOf} from '@vitalvault/sdk';
import type {Reading} from '@vitalvault/sdk';
import type {Cast} from './cast.js';
import type {Narrator} from './narrator.js';
import {refusalOf} from './refusal-of.js';

const inOrder = (texts: readonly string[]): string =>
  texts
    .map(heartRateOf)
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .map(({timeMs, beatsPerMinute}) => `${timeMs} ${beatsPerMinute}`)
    .join('\n');

/** Refused, granted, opened, revoked, refused. */
export async function tellAccess(all: Cast, sent: Reading[], narrator: Narrator): Promise<void> {
  const {platform, slot, her, clinician, memberKeys} = all;
  const hours = {patient: her.keys.patient, slotFrom: slot - 2, slotTo: slot, purpose: 'TREAT' as const};

  narrator.chapter('A clinician whom she granted nothing asks');
  const early = await clinician.requestAccess(hours);
  narrator.holds('the ledger refuses, and writes that down', !early.permit);
  const nothing = await refusalOf(() => clinician.fetch(early));
  narrator.holds(`no key and no record comes: ${nothing}`, nothing === 'access-refused', nothing);

  narrator.chapter('She grants; the clinician reads');
  const {name, organisationName} = await her.grants.lookUp(memberKeys.member);
  narrator.tell(`whom she grants to, vouched for by ${organisationName} and proven: ${name}`);
  const terms = {
    grantee: memberKeys.member,
    types: [HEART_RATE],
    purposes: ['TREAT' as const],
    accessFromSlot: slot - 1,
    accessToSlot: slot + 24,
    dataFromSlot: slot - 24,
    dataToSlot: slot,
  };
  const {grantId} = await her.grants.put(terms);
  const asked = {...hours, grantId, typeName: HEART_RATE};
  const research = await clinician.requestAccess({...asked, purpose: 'HRESCH'});
  narrator.holds('what the grant does not say is refused: research', !research.permit);
  const ticket = await clinician.requestAccess(asked);
  narrator.holds('treatment is what she allowed: permitted', ticket.permit);
  const logged = (await her.log.accessLog()).leaves.at(-1)?.txId;
  narrator.holds(
    'it is in her log before she who asked has a key',
    logged !== undefined && toHex(logged) === ticket.txId,
  );
  const {records, findings} = await clinician.fetch(ticket);
  const read = inOrder(records.flatMap(({readings}) => readings));
  const same = read === inOrder(sent.map(({text}) => text));
  narrator.holds(`${sent.length} readings opened, equal to what the watch measured`, same && findings.length === 0);
  platform.tamper = (path, answer) => (path.endsWith('/releases') ? {...answer, bytes: flipped(answer.bytes)} : answer);
  const spoilt = await clinician.fetch(ticket).then(
    ({findings: found}) => found.map(({kind}) => kind).join(),
    (error: unknown) => (error as {code?: string}).code,
  );
  platform.tamper = (_, answer) => answer;
  narrator.holds(`one bit of the answer changed on its way: found, ${spoilt}`, spoilt === 'ciphertext', spoilt);

  narrator.chapter('She revokes');
  await her.grants.revoke(grantId);
  const late = await clinician.requestAccess(asked);
  narrator.holds('the same question is refused from the next block on', !late.permit);
  const gone = await refusalOf(() => clinician.fetch(late));
  narrator.holds(`and nothing comes: ${gone}`, gone === 'access-refused', gone);
}

/** A page of a release with one bit of the first ciphertext changed. */
function flipped(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const page = decodeCanonical(ReleasePageSchema, bytes);
  const [first] = page.records;
  if (first !== undefined) first.ciphertext = first.ciphertext.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  return encodeCanonical(ReleasePageSchema, page);
}
