import {NO_TERMS, fromHex} from '@vitalvault/contracts';
import {isRefusal} from '../ledger/transactions.js';
import type {TxResult} from '../ledger/transactions.js';
import {untilProven} from '../ledger/until-proven.js';
import {SdkError} from '../sdk-error.js';
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
  /** Of `endingsDue`, and saved; one or more. */
  due: readonly DueEnding[];
  onProgress?: ((begun: number, all: number) => void) | undefined;
}

/**
 * At every occasion, and before anything that depends on what the ledger has of hers: settles by proof what was sent
 * before, and sends again what she took back and what the ledger does not prove to be over, with a fresh expiry and by
 * the key that is current, also while another one is about to replace it. What fails of that is told and stays due.
 * @param own what she takes back now: goes first
 * @returns of the last of `own` that was sent
 * @throws when none of `own` ended now: what became of it, and what kept it from asking at all; `unknown-grant`,
 *   `not-found`: there was nothing to end, and nothing that this home signed can come any more
 */
export async function settle(context: PatientContext, own?: OwnEnding): Promise<Ended | undefined> {
  const {keys} = context;
  try {
    await learn(context, own?.due ?? []);
  } catch (error) {
    // What she takes back now goes out also when nothing can be asked.
    if (own === undefined) throw error;
  }
  const ended = own && (await endOwn(context, own));
  const others = keys.endingsDue.filter((due) => own?.due.includes(due) !== true);
  for (const due of others.slice(0, AT_ONCE)) await endAgain(context, due);
  return ended;
}

/** As `settle`, for what gives something or makes keys. @throws SdkError `replacement-pending` */
export async function settleToGive(context: PatientContext): Promise<void> {
  await settle(context);
  context.requireSettledKey();
}

async function learn(context: PatientContext, own: readonly DueEnding[]): Promise<void> {
  await takeIfProven(context);
  const before = context.keys.endingsDue;
  await settleSent(context);
  for (const ending of before) if (!own.includes(ending)) tellSettled(context, ending);
}

function tellSettled(context: PatientContext, ending: DueEnding): void {
  if (ending.fate !== undefined) context.tell({ending, isProven: true, isNone: ending.fate === 'none'});
}

async function endOwn(context: PatientContext, {due: dues, onProgress}: OwnEnding): Promise<Ended> {
  let ended: Ended = {result: undefined, outcomes: []};
  const failures: unknown[] = [];
  for (const due of dues) {
    try {
      if (due.fate === undefined) ended = await send(context, due, onProgress);
    } catch (error) {
      if (due.fate === undefined) context.tell({ending: due, isProven: false, error});
      if (due.fate !== 'none') failures.push(error);
    }
    if (due.fate === 'none') failures.push(nothingToEnd(due));
  }
  // What ended is not hidden by another one that is not there yet: that one was told.
  if (ended.result === undefined && failures.length > 0) throw failures[0];
  return ended;
}

function nothingToEnd({kind}: DueEnding): SdkError {
  return new SdkError(kind === 'revocation' ? 'unknown-grant' : 'not-found', {
    detail: 'there is nothing to end: the ledger has none, and nothing that this home signed makes one any more',
  });
}

async function endAgain(context: PatientContext, ending: DueEnding): Promise<void> {
  const {keys} = context;
  try {
    if (ending.fate === undefined) await send(context, ending);
    tellSettled(context, ending);
  } catch (error) {
    if (ending.fate !== undefined) {
      tellSettled(context, ending);
      return;
    }
    // Behind the others: one that never comes through keeps none of them back.
    keys.endingsDue = [...keys.endingsDue.filter((due) => due !== ending), ending];
    await context.save();
    context.tell({ending, isProven: false, error});
  }
}

async function send(context: PatientContext, due: DueEnding, onProgress?: OwnEnding['onProgress']): Promise<Ended> {
  try {
    return due.kind === 'revocation' ? await sendRevocation(context, due, onProgress) : await sendRemoval(context, due);
  } catch (error) {
    if (!isRefusal(error) || due.fate !== undefined) throw error;
    // An earlier one came first, or another copy of her home.
    await takeIfProven(context);
    await settleSent(context);
    if (!hasEnded(due)) throw error;
    return {result: undefined, outcomes: []};
  }
}

const hasEnded = ({fate}: DueEnding): boolean => fate === 'ended';

const kept =
  ({keys}: PatientContext, due: DueEnding) =>
  (): void => {
    if (due.expiresAt === 0) due.expiresAt = keys.newestExpiry;
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
      keep: kept(context, due),
      isShown: () => hasEnded(due),
    },
    onProgress,
  });
  return {result: results[0], outcomes};
}

async function sendRemoval(context: PatientContext, due: DueRemoval): Promise<Ended> {
  const {id, ledger} = context;
  const {device, registration, distrustFromSlot} = due;
  const result = await context.transactionsOfCurrentKey().send(
    {case: 'removeDevice', value: {owner: id, device: fromHex(device), registration, distrustFromSlot}},
    {
      keep: () => {
        kept(context, due)();
        return context.save();
      },
    },
  );
  await untilProven(ledger, result.height, async () => {
    const height = await settleSent(context);
    return {isShown: hasEnded(due), height};
  });
  return {result, outcomes: []};
}
