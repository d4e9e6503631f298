/** What a run of the whole system is asked for, beside what every row is; see bench/README.md. */
export const PIPELINE = {
  /** Data folder of a system that runs already, and goes on afterwards; undefined: one is started. */
  data: process.env['DATA'] || undefined,
  portBase: process.env['PORT_BASE'] || '28000',
  minutes: Number(process.env['MINUTES'] || 2.5),
  /** Records a second: a little above row 15's target, so that what a late answer lost is made up for. */
  offered: Number(process.env['OFFERED'] || 500),
  /** Acknowledged and not anchored: eight seconds of the target; a queue that grows is no throughput. */
  mostOpen: Number(process.env['MOST_OPEN'] || 4_000),
} as const;
