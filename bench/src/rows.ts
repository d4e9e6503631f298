import {ROW_02} from './rows/row-02-verifier.js';
import {ROW_04} from './rows/row-04-cached-block.js';
import {ROW_05} from './rows/row-05-state-map.js';
import {ROW_COSTS} from './rows/row-costs.js';
import type {Row} from './suite/row.js';

/** Every row, in the order in which they are measured. */
export const ROWS: readonly Row[] = [ROW_02, ROW_04, ROW_05, ROW_COSTS];
