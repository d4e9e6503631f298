import {DOOR_METRICS} from './door-metrics.js';
import {LEDGER_METRICS} from './ledger-metrics.js';
import {PROCESS_METRICS} from './process-metrics.js';
import {WORK_METRICS} from './work-metrics.js';

/**
 * All that our processes measure: what is not here cannot be told. docs/operations/metrics.md is made of it;
 * tools/check-metrics.ts looks that each is used.
 */
export const METRICS = {...PROCESS_METRICS, ...DOOR_METRICS, ...WORK_METRICS, ...LEDGER_METRICS} as const;

/** As the document shows them. */
export const METRIC_GROUPS = [
  {title: 'Of every process', metrics: PROCESS_METRICS},
  {title: 'Doors', metrics: DOOR_METRICS},
  {title: 'Work that waits', metrics: WORK_METRICS},
  {title: 'Validators', metrics: LEDGER_METRICS},
] as const;
