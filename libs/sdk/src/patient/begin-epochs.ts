import {CODE, LIMITS, build, decodeCanonical} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {EpochHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PublishKeysSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import type {StoredKey} from '../keys/stored-key.js';
import type {TxResult, TxToSend} from '../ledger/transactions.js';
import {untilProven} from '../ledger/until-proven.js';
import {freshEpoch, newestEpoch, outcomeOf, statementOf} from './epochs.js';
import type {LastEpoch, StatementOutcome} from './epochs.js';
import type {PatientContext} from './patient-context.js';
import {tagOf} from './patient-keys.js';
import type {PatientKeys, StoredEpoch} from './patient-keys.js';
import {settleSent} from './settle-sent.js';
import {isPublished} from './take-epoch.js';

/** The transaction that carries statements; `PublishKeys` when nothing is said. */
export interface Carrier {
  message: (statements: SignedEpochStatement[]) => TxMessage;
  /** Her key after that transaction, which signs the statements, and signs the transaction too when it is another. */
  signer?: StoredKey;
  /**
   * Called when a service says that it committed, before its epochs are settled: has what else it does proven, and
   * changes what depends on that.
   */
  settled?: (result: TxResult) => Promise<void>;
  /** Called before it is sent; what it changes is saved. */
  keep?: (about: TxToSend) => void;
  /** Whether what it does beside the epochs is proven, by `settleSent`. */
  isShown?: () => boolean;
}

export interface EpochsToBegin {
  typeNames: readonly string[];
  /** Of the first epoch of a type; a later one begins in this slot or right after the one before. */
  fromSlot: number;
  /** Of the first transaction. It is sent also when there is no type; it carries as many statements as one may. */
  carrier?: Carrier;
  onProgress?: ((begun: number, all: number) => void) | undefined;
}

export interface BegunEpochs {
  results: TxResult[];
  outcomes: StatementOutcome[];
}

/**
 * Begins the next epoch of each type, 64 types a transaction. What is to be begun and each private key are saved before
 * anything is sent; when this ends in the middle, `epochsDue` says what is left. The caller has settled what was sent
 * before.
 */
export async function beginEpochs(context: PatientContext, toBegin: EpochsToBegin): Promise<BegunEpochs> {
  const {keys} = context;
  const {fromSlot, onProgress} = toBegin;
  const all = [...new Set(toBegin.typeNames)];
  keys.epochsDue = [...new Set([...keys.epochsDue, ...all])];
  const begun: BegunEpochs = {results: [], outcomes: []};
  const left = [...all];
  for (let {carrier} = toBegin; left.length > 0 || carrier !== undefined; carrier = undefined) {
    const some = left.splice(0, LIMITS.epochStatements);
    const by = carrier?.signer ?? keys.signing;
    const sent = await sendEpochs(
      context,
      some.map((typeName) => freshEpoch(context, typeName, {fromSlot, by})),
      carrier,
    );
    begun.results.push(sent.result);
    const again = sent.outcomes.filter(({code}) => code === CODE.epochOrder).map(({typeName}) => typeName);
    begun.outcomes.push(...sent.outcomes.filter(({code}) => code !== CODE.epochOrder));
    if (again.length > 0) begun.outcomes.push(...(await beginAfterOthers(context, again, fromSlot)));
    // Refused for good: it is told, and not tried again and again.
    keys.epochsDue = keys.epochsDue.filter((typeName) => !some.includes(typeName));
    await context.save();
    onProgress?.(all.length - left.length, all.length);
  }
  return begun;
}

/**
 * Sends statements, whose private keys are durable before. What became of each is settled by proof, and by proof alone:
 * the service that answers can err or lie.
 * @throws SdkError `tx-timeout` also when the ledger does not prove a statement that the service says it took
 */
export async function sendEpochs(
  context: PatientContext,
  epochs: StoredEpoch[],
  {message = publishKeys(context), signer = context.keys.signing, settled, ...carrier}: Partial<Carrier> = {},
): Promise<{result: TxResult; outcomes: StatementOutcome[]}> {
  const {keys} = context;
  const coSigners = signer.publicKey === keys.signing.publicKey ? [] : [signer];
  keys.epochs = [...keys.epochs.filter((known) => !isSentAgain(keys, known, epochs)), ...epochs];
  const result = await context
    .transactionsOfCurrentKey()
    .send(message(epochs.map((epoch) => statementOf(context, epoch, signer))), {
      coSigners,
      keep: (about) => {
        for (const epoch of epochs) epoch.expiresAt = Math.max(epoch.expiresAt, about.expiresAt);
        carrier.keep?.(about);
        return context.save();
      },
    });
  const codes = epochs.length === 0 ? [] : decodeCanonical(StatementResultsSchema, result.data).codes;
  await settled?.(result);
  const said = epochs.filter((_, i) => codes[i] === CODE.ok);
  const {isShown = () => true} = carrier;
  if (epochs.length > 0 || carrier.isShown !== undefined)
    await untilProven(context.ledger, result.height, async () => {
      const height = await settleSent(context);
      return {isShown: said.every((epoch) => isPublished(keys, epoch)) && isShown(), height};
    });
  return {
    result,
    outcomes: epochs.map((epoch, i) =>
      outcomeOf(epoch, isPublished(keys, epoch) ? CODE.ok : (codes[i] ?? CODE.internal)),
    ),
  };
}

/** One that waits and whose key is stated anew; an extension of one that is published is another statement. */
function isSentAgain({epochs: all}: PatientKeys, {published, publicKey}: StoredEpoch, epochs: StoredEpoch[]): boolean {
  const isIt = (epoch: StoredEpoch): boolean => epoch.publicKey === publicKey;
  return !published && epochs.some(isIt) && !all.some((epoch) => epoch.published && isIt(epoch));
}

function publishKeys({id}: PatientContext): Carrier['message'] {
  return (epochStatements) => ({case: 'publishKeys', value: build(PublishKeysSchema, {identity: id, epochStatements})});
}

/**
 * The numbers were taken already: by what was sent before and committed only now, which then is what was to be begun;
 * or by a newer copy of this home, whose keys are lost here, and the next epoch comes after them.
 */
async function beginAfterOthers(
  context: PatientContext,
  typeNames: string[],
  fromSlot: number,
): Promise<StatementOutcome[]> {
  const {keys} = context;
  const isDone = (typeName: string): boolean => !keys.epochsDue.includes(typeName);
  const done = typeNames.filter(isDone).flatMap((typeName) => newestEpoch(keys, typeName) ?? []);
  const left = typeNames.filter((typeName) => !isDone(typeName));
  if (left.length === 0) return done.map((epoch) => outcomeOf(epoch));
  const heads = await context.ledger.state(
    keys.signing,
    left.map((typeName) => ({kind: 'epochHead' as const, parts: [context.id, tagOf(keys, typeName)]})),
  );
  const now = await context.ledger.slot();
  const epochs = left.map((typeName, i) => {
    const head: LastEpoch | undefined = heads[i] && decodeCanonical(EpochHeadSchema, heads[i]);
    const from = head === undefined ? fromSlot : Math.max(fromSlot, now);
    return freshEpoch(context, typeName, {fromSlot: from, by: keys.signing, others: head});
  });
  return [...done.map((epoch) => outcomeOf(epoch)), ...(await sendEpochs(context, epochs)).outcomes];
}
