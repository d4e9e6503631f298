import type {MessageInitShape} from '@bufbuild/protobuf';
import {equalBytes} from '@vitalvault/contracts';
import type {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProvenAnswer, ProvenLog} from '@vitalvault/proofs';

export type ProofQuestion = MessageInitShape<typeof ProofRequestSchema>;
type AskedLog = NonNullable<ProofQuestion['logs']>[number];

/**
 * Whether a proven answer holds every key that was asked for, and the logs that were asked for and no other. It may be
 * cut where it says that a log goes on, and nowhere else: a page that ends early would hide leaves as surely as a
 * forged one.
 * @spec docs/protocol.md §5.5
 */
export function answersQuestion(question: ProofQuestion, proven: ProvenAnswer): boolean {
  return (question.keys ?? []).every((key) => holdsKey(key, proven)) && holdsLogs(question, proven);
}

function holdsKey({kind = 0, parts = []}: NonNullable<ProofQuestion['keys']>[number], proven: ProvenAnswer): boolean {
  try {
    proven.state(kind, parts);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function holdsLogs({logs = []}: ProofQuestion, proven: ProvenAnswer): boolean {
  // Exactly the logs of the question, in its order: another log in the place of the one that was asked for would be
  // taken for it, and an empty one hides everything.
  if (proven.logs.length !== logs.length) return false;
  const given = logs.map((asked, i) => ({asked, log: logOf(asked, proven.logs[i])}));
  const first = given.find(({asked, log}) => log !== undefined && wantedOf(asked, log.head.size).indexes.length > 0);
  return (
    given.every(({asked, log}) => log !== undefined && isAnswerTo(asked, log)) &&
    // Who gives nothing and says that it goes on would be asked for ever.
    first?.log?.indexes.length !== 0
  );
}

function logOf({kind = 0, patient = new Uint8Array()}: AskedLog, log: ProvenLog | undefined): ProvenLog | undefined {
  return log?.kind === kind && equalBytes(log.patient, patient) ? log : undefined;
}

function isAnswerTo(asked: AskedLog, {head, indexes, next}: ProvenLog): boolean {
  const wanted = wantedOf(asked, head.size);
  return (
    indexes.length <= wanted.indexes.length &&
    indexes.every((index, i) => index === wanted.indexes[i]) &&
    next === (wanted.indexes[indexes.length] ?? wanted.behind)
  );
}

/** Leaves that were asked for and are in a log of `size`, and where the log goes on behind a page. */
function wantedOf(
  {from = 0n, limit = 0, indexes = []}: AskedLog,
  size: bigint,
): {indexes: readonly bigint[]; behind: bigint | undefined} {
  if (indexes.length > 0) return {indexes: indexes.filter((index) => index < size), behind: undefined};
  const left = size > from ? size - from : 0n;
  const count = left < BigInt(limit) ? left : BigInt(limit);
  return {
    indexes: Array.from({length: Number(count)}, (_none, i) => from + BigInt(i)),
    behind: limit > 0 && count < left ? from + count : undefined,
  };
}
