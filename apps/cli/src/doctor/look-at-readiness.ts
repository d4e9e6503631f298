import {z} from 'zod';
import {broken, degraded, looked, ok} from './finding.js';
import type {Finding} from './finding.js';

const TIMEOUT_MS = 5_000;

const ready = z.looseObject({
  status: z.enum(['ok', 'not ready']),
  reasons: z.record(z.string(), z.string()).default({}),
  degraded: z
    .array(z.looseObject({part: z.string(), at: z.string().optional(), since: z.string(), reason: z.string()}))
    .default([]),
});

/** What to do about a check of a service's own, by its name in /readyz. */
const REMEDIES: Readonly<Record<string, string>> = {
  database: 'Is PostgreSQL up, and do its password, certificate and rights fit? Without it this service does nothing.',
  'database-size': "Enlarge the database's volume, then DATABASE_WARN_BYTES.",
  kafka: 'Is Kafka up, and may this user do what docs/operations/install.md says? What was acknowledged waits there.',
  ipfs: 'Which IPFS peers run, and which are full? Records wait in the database until enough of them take a pack.',
  'ipfs-peers': 'Which IPFS peers run, and which are nearly full? Enlarge all of their volumes.',
  ledger: 'Compare the heights of the validators: is one behind, or does the chain stand?',
  chain: 'Compare the heights of the validators: is one behind, or does the chain stand?',
  policy: 'Look what policy itself says.',
  storage: 'Look what storage itself says.',
  notify: 'Look what notify itself says. No key is released while an alert cannot be kept.',
  clock: 'Set the clock of that machine (NTP); which of the two is wrong stands in the sentence.',
  anchoring: 'See "Anchoring that does not go on" in docs/operations/troubleshooting.md.',
  'dead-letters': 'A person decides: vv ops dead-letters, docs/operations/dead-letters.md.',
  deliveries: 'Are the receivers of webhooks up, and may notify reach them (networkPolicy.notifyEgress)?',
  disk: "Enlarge the validator's volume: a full one ends consensus there.",
  memory: 'Give the validator the memory that it names: one whose memory is full stops for good.',
  leaves: 'A part of its state is damaged: bring the volume back empty and let it follow the chain anew.',
  snapshots: 'Is the disk of the state full? Without snapshots a restart takes longer.',
  process: 'Wait: it starts or stops.',
};
const FOLLOWER =
  'It stands rather than skip: see "A follower that stopped" in docs/operations/troubleshooting.md for this reason.';

const remedyOf = (check: string): string => REMEDIES[check] ?? FOLLOWER;

/** What a process of ours says of itself. @param url of its management port */
export function lookAtReadiness(part: string, url: string): Promise<readonly Finding[]> {
  const remedy = 'Does it run? Look at its log: make logs NAME=…, kubectl logs.';
  return looked(part, remedy, async () => {
    const response = await fetch(new URL('/readyz', url), {signal: AbortSignal.timeout(TIMEOUT_MS)});
    const told = ready.safeParse(await response.json().catch(() => undefined));
    // Some other program stands there: what it leaves out is no sign of health.
    if (!told.success) return [broken(part, `answers ${String(response.status)}, and not as one of ours does`, remedy)];
    const {reasons, degraded: waits} = told.data;
    const findings = [
      ...Object.entries(reasons).map(([check, reason]) => broken(part, `${check}: ${reason}`, remedyOf(check))),
      ...waits.map(({part: check, at, since, reason}) =>
        degraded(part, `${check}${at === undefined ? '' : ` at ${at}`}: ${reason}, since ${since}`, remedyOf(check)),
      ),
    ];
    return findings.length === 0 ? [ok(part, 'ready')] : findings;
  });
}
