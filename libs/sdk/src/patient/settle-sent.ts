import {LIMITS, STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {EpochStatementSchema, SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {numberPart} from '@vitalvault/proofs';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {fateOf, placeOf} from './due-endings.js';
import type {DueEnding, PatientKeys, SentGrant, StoredEpoch} from './patient-keys.js';
import {isPlaceOf, takeEpoch} from './take-epoch.js';
import {takeGrant} from './take-grant.js';

/** Whose sent things are settled; what `save` has taken is durable. */
interface Sender {
  readonly keys: PatientKeys;
  readonly id: Uint8Array;
  readonly ledger: VerifiedLedger;
  save(): Promise<void>;
}

/** A value of the state, and the header before whose block (its time in Unix seconds) the ledger had no other. */
interface Proven {
  value: Uint8Array | undefined;
  time: number;
  height: bigint;
}

/** Where the ledger has what was sent, and what becomes of it by that. */
interface Waiting {
  kind: number;
  parts: Uint8Array[];
  settle: (proven: Proven) => void;
}

/**
 * Asks the ledger, with proof, for everything that was sent and whose outcome this side does not know: an answer that
 * was lost, a process that was killed, a service that said something else. What the ledger took is kept; what it can
 * not take any more is forgotten; the rest goes on waiting.
 * @returns height of the header that was asked at; of the oldest one, if of several; 0: nothing was to be asked
 */
export async function settleSent(context: Sender): Promise<bigint> {
  const {keys, id} = context;
  const epochs = keys.epochs.filter(({published}) => !published);
  const places = epochs.filter((epoch, i) => epochs.findIndex((other) => isPlaceOf(epoch, other)) === i);
  const waiting: Waiting[] = [
    ...places.map((place) => ({
      kind: STATE_KIND.epochStatement,
      parts: [id, fromHex(place.typeTag), numberPart(place.epoch)],
      settle: (proven: Proven) => settleEpochs(context, place, proven),
    })),
    ...keys.sentGrants.map((sent) => ({
      kind: STATE_KIND.grant,
      parts: [id, fromHex(sent.grant.grantId)],
      settle: (proven: Proven) => settleGrant(context, sent, proven),
    })),
    ...keys.endingsDue
      .filter(({expiresAt}) => expiresAt > 0)
      .map((due) => ({...placeOf(id, due), settle: (proven: Proven) => settleEnding(context, due, proven)})),
  ];
  if (waiting.length === 0) return 0n;
  const answers = await prove(context, waiting);
  waiting.forEach(({settle}, i) => {
    settle(answers[i] as Proven);
  });
  await context.save();
  return answers.reduce((least, {height}) => (height < least ? height : least), (answers[0] as Proven).height);
}

async function prove(context: Sender, questions: readonly Waiting[]): Promise<Proven[]> {
  const proven: Proven[] = [];
  for (let at = 0; at < questions.length; at += LIMITS.proofKeys) {
    const keys = questions.slice(at, at + LIMITS.proofKeys).map(({kind, parts}) => ({kind, parts}));
    const {answer, header} = await context.ledger.proofs(context.keys.signing, {keys});
    // The state is the one before this header's block: what expires before its time comes in no later block either.
    const spoken = {time: Number(header.timeSeconds), height: header.height};
    proven.push(...keys.map(({kind, parts}) => ({value: answer.state(kind, parts), ...spoken})));
  }
  return proven;
}

function settleEpochs({keys}: Sender, place: StoredEpoch, {value, time}: Proven): void {
  const waits = ({published, expiresAt}: StoredEpoch): boolean => published || expiresAt >= time;
  if (value === undefined) {
    keys.epochs = keys.epochs.filter((epoch) => !isPlaceOf(place, epoch) || waits(epoch));
    return;
  }
  const signed = decodeCanonical(SignedEpochStatementSchema, value);
  const {publicKey, fromSlot} = decodeCanonical(EpochStatementSchema, signed.statement);
  const taken = keys.epochs.find((epoch) => isPlaceOf(place, epoch) && epoch.publicKey === toHex(publicKey));
  // A first epoch may still be extended to an earlier slot, under the same key.
  const extending = keys.epochs.filter(
    (epoch) => isPlaceOf(place, epoch) && epoch !== taken && epoch.publicKey === taken?.publicKey,
  );
  keys.epochs = keys.epochs.filter((epoch) => !isPlaceOf(place, epoch) || epoch === taken);
  if (taken === undefined) return;
  takeEpoch(keys, {...taken, fromSlot});
  keys.epochs.push(...extending.filter((epoch) => !epoch.published && epoch.fromSlot < fromSlot && waits(epoch)));
}

function settleGrant({keys}: Sender, sent: SentGrant, {value, time}: Proven): void {
  const {grant, expiresAt} = sent;
  const stored = value === undefined ? undefined : decodeCanonical(GrantSchema, value);
  const isIt = stored?.version === grant.version && toHex(stored.grantee) === grant.grantee;
  // One that she is revoking gets no key, also where it came first.
  if (isIt) takeGrant(keys, {...grant, revoked: grant.revoked || stored.revoked});
  const isOver = stored !== undefined && stored.version >= grant.version;
  if (isOver || expiresAt < time) keys.sentGrants = keys.sentGrants.filter((one) => one !== sent);
}

function settleEnding({keys}: Sender, due: DueEnding, proven: Proven): void {
  const fate = fateOf(keys, due, proven);
  if (fate === undefined) return;
  due.fate = fate;
  keys.endingsDue = keys.endingsDue.filter((one) => one !== due);
}
