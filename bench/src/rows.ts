import {ROW_01} from './rows/row-01-pool.js';
import {ROW_02} from './rows/row-02-verifier.js';
import {ROW_03} from './rows/row-03-ingest.js';
import {ROW_04} from './rows/row-04-cached-block.js';
import {ROW_05} from './rows/row-05-state-map.js';
import {ROW_06, ROW_06A} from './rows/row-06-block-by-size.js';
import {ROW_07} from './rows/row-07-durable-block.js';
import {ROW_08, ROW_09} from './rows/row-08-kvstore.js';
import {ROW_09B} from './rows/row-09b-readings.js';
import {ROW_10} from './rows/row-10-evm.js';
import {ROW_11} from './rows/row-11-bytes.js';
import {ROW_S5, ROW_S6, ROW_S7} from './rows/row-s-sizes.js';
import {ROW_S0} from './rows/row-s0-empty-blocks.js';
import {ROW_12} from './rows/row-12-events.js';
import {ROW_12B} from './rows/row-12b-rebuild.js';
import {ROW_12P} from './rows/row-12p-projection.js';
import {ROW_12R} from './rows/row-12r-release.js';
import {ROW_13} from './rows/row-13-observed.js';
import {ROW_14} from './rows/row-14-packs.js';
import {ROW_15} from './rows/row-15-sustained.js';
import {ROW_15R} from './rows/row-15r-replicas.js';
import {ROW_15S} from './rows/row-15s-storage.js';
import {ROW_16} from './rows/row-16-latency.js';
import {ROW_COSTS} from './rows/row-costs.js';
import type {Row} from './suite/row.js';

/** Every row, in the order in which they are measured. */
export const ROWS: readonly Row[] = [
  ROW_01,
  ROW_02,
  ROW_03,
  ROW_04,
  ROW_05,
  ROW_06,
  ROW_06A,
  ROW_07,
  ROW_08,
  ROW_09,
  ROW_09B,
  ROW_10,
  ROW_11,
  ROW_12,
  ROW_12P,
  ROW_12B,
  ROW_12R,
  ROW_13,
  ROW_14,
  ROW_15,
  ROW_15R,
  ROW_15S,
  ROW_16,
  ROW_COSTS,
  ROW_S0,
  ROW_S5,
  ROW_S6,
  ROW_S7,
];
