// Series of promtool's cases, as our programs tell them.

/** Labels that a scrape gives. */
export const of = (program: string, others = ''): string =>
  `{program="${program}", instance="${program}-0"${others && ', '}${others}}`;
export const up = (program: string, instance = `${program}-0`): string =>
  `up{program="${program}", instance="${instance}"}`;
export const ready = (program: string): string => `vitalvault_ready${of(program)}`;
export const degraded = (program: string, part: string): string =>
  `vitalvault_degraded_seconds${of(program, `part="${part}"`)}`;
export const stopped = (program: string, part: string): string =>
  `vitalvault_follower_stopped${of(program, `part="${part}"`)}`;
export const blockAge = (n = 0): string =>
  `vitalvault_ledger_block_age_seconds{program="ledger-abci", instance="v-${n}"}`;
/** Something grows by a minute each minute from the fifth on. */
export const WAITS = '0x4 60+60x30';
/** Labels of an alert that names a program alone. */
export const IN = (program: string): string => `{program="${program}"}`;
