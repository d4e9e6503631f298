import {observe} from '@vitalvault/process';
import type {Logger, Readiness} from '@vitalvault/process';
import type {Ledger} from '../ledger.js';
import {LeafPatrol} from '../store/leaf-patrol.js';

const EVERY_MS = 1_000;
/** A million leaves in less than three hours, at less than a hundredth of one core. */
const LEAVES_AT_ONCE = 100;

/** Has every leaf read again in the background; a damaged one degrades. @returns what ends it */
export function watchLeaves(ledger: Ledger, {readiness, logger}: {readiness: Readiness; logger: Logger}): () => void {
  const patrol = new LeafPatrol(() =>
    ledger.state
      .logs()
      .map(({kind, patient, tree}) => ({
        size: tree.size,
        read: (index: number) => ledger.readLeaf(kind, patient, index),
      })),
  );
  let known: string | undefined;
  readiness.add('leaves', () => known, {needed: false});
  observe('vitalvault.ledger.damaged_leaves', () => patrol.state.damaged?.count ?? 0);
  observe('vitalvault.ledger.leaf_rounds', () => patrol.state.rounds);
  const timer = setInterval(() => {
    try {
      patrol.step(LEAVES_AT_ONCE);
    } catch (error) {
      logger.error('leaves could not be read again', {error});
    }
    const {damaged} = patrol.state;
    if (damaged !== undefined && known === undefined) logger.error(damaged.first, {});
    known = damaged?.first;
  }, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
