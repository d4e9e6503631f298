import {contextOf, currentTraceparent, linksTo, withSpan} from '@vitalvault/process';
import type {BlockEffect, LedgerCursor, EntryToAnchor, RecordToPack, SignedAnchor} from '../../application/ports.js';

const MAX_LINKS = 64;

type Traced = Pick<RecordToPack, 'traceparent'>;

// Part of the first record's trace, linked to the others': so each reading's trace can be followed into the batch.
const following = (records: readonly Traced[]) => ({
  parent: contextOf(records.find(({traceparent}) => traceparent !== undefined)?.traceparent),
  links: linksTo(records.slice(0, MAX_LINKS).map(({traceparent}) => traceparent)),
});

export function tracePack(records: readonly RecordToPack[], run: () => Promise<void>): Promise<void> {
  return withSpan('storage.pack', {...following(records), attributes: {'vitalvault.records': records.length}}, run);
}

export async function traceAnchor(
  entries: readonly EntryToAnchor[],
  run: (traceparent: string | undefined) => Promise<SignedAnchor>,
): Promise<void> {
  await withSpan(
    'storage.anchor',
    {...following(entries), kind: 'producer', attributes: {'vitalvault.entries': entries.length}},
    () => run(currentTraceparent()),
  );
}

/** A span for each transaction of ours that the block has: the ledger's part of a reading's trace (D-1). */
export async function traceIncluded(block: LedgerCursor, effect: BlockEffect): Promise<void> {
  for (const {traceparent, traces, anchored, later, refused} of effect.anchors) {
    await withSpan(
      'storage.anchored',
      {
        kind: 'consumer',
        parent: contextOf(traceparent),
        links: linksTo(traces),
        attributes: {
          'vitalvault.height': Number(block.height),
          'vitalvault.anchored': anchored,
          'vitalvault.later': later,
          'vitalvault.refused': refused,
        },
      },
      () => undefined,
    );
  }
}
