import type {AnchorStore, EntryToAnchor} from '../../src/application/ports.js';

/** All that is due, whatever the ledger would say of it, by owner, lane and number. */
export async function dueEntries(anchors: AnchorStore, limit: number, nowMs: number): Promise<EntryToAnchor[]> {
  const lanes = (await anchors.awake('', 100)).flatMap((owner) => owner.lanes);
  const asked = lanes.map((lane) => ({...lane, below: 1n << 64n}));
  const due = await anchors.entriesOf(asked, {nowMs, slot: 2 ** 32 - 1, most: limit});
  return anchors.load(due.flat().slice(0, limit));
}
