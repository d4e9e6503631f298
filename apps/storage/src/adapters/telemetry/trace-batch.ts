import {contextOf, currentTraceparent, histogram, linksTo, withSpan} from '@vitalvault/process';
import type {BlockEffect, LedgerCursor, EntryToAnchor, RecordToPack, SignedAnchor} from '../../application/ports.js';

const MAX_LINKS = 64;
const delay = histogram('vitalvault.record.delay');

/** Since ingest acknowledged them: its clock and ours are those of one organisation. */
function measure(phase: 'stored' | 'anchored', acceptedAtMs: readonly bigint[]): void {
  for (const atMs of acceptedAtMs) delay(Math.max(0, Date.now() - Number(atMs)) / 1_000, {phase});
}

type Traced = Pick<RecordToPack, 'traceparent'>;

// Part of the first record's trace, linked to the others': so each reading's trace can be followed into the batch.
const following = (records: readonly Traced[]) => ({
  parent: contextOf(records.find(({traceparent}) => traceparent !== undefined)?.traceparent),
  links: linksTo(records.slice(0, MAX_LINKS).map(({traceparent}) => traceparent)),
});

export async function tracePack(records: readonly RecordToPack[], run: () => Promise<void>): Promise<void> {
  const attributes = {'vitalvault.records': records.length};
  await withSpan('storage.pack', {...following(records), attributes}, async () => {
    await run();
    // Within the span: what is measured names its trace.
    measure(
      'stored',
      records.map(({acceptedAtMs}) => acceptedAtMs),
    );
  });
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
  for (const {traceparent, traces, anchored, later, refused, acceptedAtMs} of effect.anchors) {
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
      () => {
        measure('anchored', acceptedAtMs);
      },
    );
  }
}
