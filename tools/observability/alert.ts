/** `page`: somebody is woken. `ticket`: somebody looks within days. */
export type Severity = 'page' | 'ticket';

/** A length of time as Prometheus writes it. */
export type Span = `${number}${'s' | 'm' | 'h' | 'd'}`;

export interface Rule {
  readonly severity: Severity;
  /** PromQL; each series of its answer is one alert. */
  readonly expr: string;
  /** How long it must hold. */
  readonly for: Span;
}

/** A number that is worked out once for several rules and panels. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** What may wake somebody, or wait for one. */
export interface Alert {
  /** Of its rule file and its runbook; the alert is `VitalVault` and this in one word. */
  readonly name: string;
  /** One line: what is wrong, with the labels that say where. */
  readonly summary: string;
  /** What the reader loses by it, in one or two sentences. */
  readonly description: string;
  /** Of the value that is compared. */
  readonly unit: string;
  readonly recordings?: readonly Recording[];
  readonly rules: readonly Rule[];
}

/**
 * Labels that every scrape of ours has: `program` is ours to set (monitors.yaml, the drill), `namespace` the cluster's;
 * where there is none all that is scraped is one installation.
 */
export const PROGRAMS = ['ingest', 'policy', 'storage', 'notify', 'ledger-abci'] as const;

/** Programs cannot use Kafka. */
export const KAFKA_AWAY = 'max by (namespace) (vitalvault_degraded_seconds{part="kafka"}) > 60';

/** `service-down` → `VitalVaultServiceDown`. */
export const alertName = (name: string): string =>
  `VitalVault${name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

/** What `expr` says, where none of `known` says the same trouble already, by the labels that are compared. */
export const unlessKnown = (expr: string, ...known: readonly (readonly [on: string, expr: string])[]): string =>
  known.reduce((all, [on, other]) => `${all}\nunless on (${on})\n(${other})`, expr);

const SECONDS = {s: 1, m: 60, h: 3_600, d: 86_400} as const;
const LENGTH = /(\[|\boffset )(\d+)([smhd])(?=\]|\b)/g;

function shorter(length: string, unit: string, scale: number): string {
  const ms = Math.round(Number(length) * SECONDS[unit as keyof typeof SECONDS] * 1_000 * scale);
  return ms % 1_000 === 0 ? `${String(ms / 1_000)}s` : `${String(ms)}ms`;
}

/**
 * Ranges, offsets and waits of an alert times `scale`, so that a drill need not wait for days. What is compared with a
 * time that something took stays: a block takes what it takes.
 */
export function scaled(alert: Alert, scale: number): Alert {
  if (scale === 1) return alert;
  const expr = (text: string): string =>
    text.replace(LENGTH, (_, before: string, length: string, unit: string) => before + shorter(length, unit, scale));
  const {recordings, rules} = alert;
  return {
    ...alert,
    ...(recordings && {recordings: recordings.map((one) => ({...one, expr: expr(one.expr)}))}),
    rules: rules.map((rule) => ({
      ...rule,
      expr: expr(rule.expr),
      for: shorter(rule.for.slice(0, -1), rule.for.slice(-1), scale) as Span,
    })),
  };
}
