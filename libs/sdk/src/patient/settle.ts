import {NO_TERMS, fromHex} from '@vitalvault/contracts';
import {isRefusal} from '../ledger/transactions.js';
import type {TxResult, TxToSend} from '../ledger/transactions.js';
import {untilProven} from '../ledger/until-proven.js';
import {beginEpochs} from './begin-epochs.js';
import {takeIfProven} from './current-key.js';
import type {StatementOutcome} from './epochs.js';
import type {PatientContext} from './patient-context.js';
import type {DueEnding, DueRemoval, DueRevocation} from './patient-keys.js';
import {settleSent} from './settle-sent.js';
import {newestVersion} from './take-grant.js';

/** So many of what is due are sent again at one occasion: each may take the 15 s in which no block comes. */
const AT_ONCE = 4;

/** An ending that the ledger proves now. */
export interface Ended {
  /** Undefined when the ledger had it already. */
  result: TxResult | undefined;
  outcomes: StatementOutcome[];
}

export interface OwnEnding {
  /** Of `endingsDue`, and saved. */
  due: DueEnding;
  onProgress?: ((begun: number, all: number) => void) | undefined;
}

/**
 * At every occasion, and before anything that depends on what the ledger has of hers: settles by proof what was sent
 * before, and sends again what she took back and what the ledger does not prove to be over, with a fresh expiry and by
 * the key that is current, also while another one is about to replace it. What fails of that is told and stays due.
 * @param own what she takes back now: goes first
 * @throws what became of `own`, and what kept it from asking at all
 */
export async function settle(context: PatientContext, own?: OwnEnding): Promise<Ended | undefined> {
  const {keys} = context;
  try {
    await learn(context, own?.due);
  } catch (error) {
    // What she takes back now goes out also when nothing can be asked.
    if (own === undefined) throw error;
  }
  const ended = own && (await endOwn(context, own));
  for (const due of keys.endingsDue.slice(0, AT_ONCE)) await endAgain(context, due);
  return ended;
}

/** As `settle`, for what gives something or makes keys. @throws SdkError `replacement-pending` */
export async function settleToGive(context: PatientContext): Promise<void> {
  await settle(context);
  context.requireSettledKey();
}

async function learn(context: PatientContext, own: DueEnding | undefined): Promise<void> {
  await takeIfProven(context);
  const before = context.keys.endingsDue;
  await settleSent(context);
  for (const ending of before)
    if (ending !== own && !context.keys.endingsDue.includes(ending)) context.tell({ending, isProven: true});
}

async function endOwn(context: PatientContext, {due, onProgress}: OwnEnding): Promise<Ended> {
  if (!context.keys.endingsDue.includes(due)) return {result: undefined, outcomes: []};
  try {
    return await send(context, due, onProgress);
  } catch (error) {
    if (context.keys.endingsDue.includes(due)) context.tell({ending: due, isProven: false, error});
    throw error;
  }
}

async function endAgain(context: PatientContext, ending: DueEnding): Promise<void> {
  const {keys} = context;
  try {
    if (keys.endingsDue.includes(ending)) await send(context, ending);
    context.tell({ending, isProven: true});
  } catch (error) {
    if (!keys.endingsDue.includes(ending)) return;
    // Behind the others: one that never comes through keeps none of them back.
    keys.endingsDue = [...keys.endingsDue.filter((due) => due !== ending), ending];
    await context.save();
    context.tell({ending, isProven: false, error});
  }
}

async function send(context: PatientContext, due: DueEnding, onProgress?: OwnEnding['onProgress']): Promise<Ended> {
  const {keys} = context;
  try {
    return due.kind === 'revocation' ? await sendRevocation(context, due, onProgress) : await sendRemoval(context, due);
  } catch (error) {
    if (!isRefusal(error) || !keys.endingsDue.includes(due)) throw error;
    // An earlier one came first, or another copy of her home.
    await takeIfProven(context);
    await settleSent(context);
    if (keys.endingsDue.includes(due)) throw error;
    return {result: undefined, outcomes: []};
  }
}

const kept =
  (due: DueEnding) =>
  ({expiresAt}: TxToSend): void => {
    if (due.expiresAt === 0) due.expiresAt = expiresAt;
  };

// With the epochs that are due, her types' among them. Those of a replaced key are the new one's to begin.
async function sendRevocation(
  context: PatientContext,
  due: DueRevocation,
  onProgress: OwnEnding['onProgress'],
): Promise<Ended> {
  const {keys, id, ledger} = context;
  const typeNames = keys.replacement === undefined ? keys.epochsDue : [];
  const value = {
    patient: id,
    grantId: fromHex(due.grantId),
    version: newestVersion(keys, due.grantId) + 1,
    ...NO_TERMS,
  };
  const {results, outcomes} = await beginEpochs(context, {
    typeNames,
    fromSlot: typeNames.length === 0 ? 0 : await ledger.slot(),
    carrier: {
      message: (epochStatements) => ({case: 'putGrant', value: {...value, epochStatements}}),
      keep: kept(due),
      isShown: () => !keys.endingsDue.includes(due),
    },
    onProgress,
  });
  return {result: results[0], outcomes};
}

async function sendRemoval(context: PatientContext, due: DueRemoval): Promise<Ended> {
  const {keys, id, ledger} = context;
  const {device, registration, distrustFromSlot} = due;
  const result = await context.transactionsOfCurrentKey().send(
    {case: 'removeDevice', value: {owner: id, device: fromHex(device), registration, distrustFromSlot}},
    {
      keep: (about) => {
        kept(due)(about);
        return context.save();
      },
    },
  );
  await untilProven(ledger, result.height, async () => {
    const height = await settleSent(context);
    return {isShown: !keys.endingsDue.includes(due), height};
  });
  return {result, outcomes: []};
}
