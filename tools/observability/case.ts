/** What Prometheus sees, and which alerts of all are firing then. */
export interface Case {
  /** Name of the alert that it is about. */
  readonly of: string;
  readonly what: string;
  /** Series → values, one a minute, in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: `${number}${'m' | 'h'}`;
  /** `severity` or `severity{labels}`, of this alert unless another one's name stands before it (`no-blocks page`). */
  readonly fires: readonly string[];
}
