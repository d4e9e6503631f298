import type {AbciApplication, SnapshotMethods} from './application.js';
import {ResponseOfferSnapshot_Result} from './gen/tendermint/abci/types_pb.js';

const NONE: SnapshotMethods = {
  listSnapshots: () => ({}),
  offerSnapshot: () => ({result: ResponseOfferSnapshot_Result.ABORT}),
  loadSnapshotChunk: () => ({}),
  applySnapshotChunk: () => ({}),
};

/** The snapshot methods of an application, or those of one that has no snapshots. */
export function snapshotMethodsOf(application: AbciApplication): SnapshotMethods {
  return hasSnapshots(application) ? application : NONE;
}

function hasSnapshots(application: AbciApplication): application is AbciApplication & SnapshotMethods {
  return (
    application.listSnapshots !== undefined &&
    application.offerSnapshot !== undefined &&
    application.loadSnapshotChunk !== undefined &&
    application.applySnapshotChunk !== undefined
  );
}
