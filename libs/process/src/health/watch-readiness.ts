import {observe} from '../metrics/instruments.js';
import type {Readiness} from './readiness.js';

/** Tells as metrics what /readyz says; the reasons stay there. */
export function watchReadiness(readiness: Readiness, now: () => number = Date.now): void {
  observe('vitalvault.ready', async () => (Object.keys((await readiness.look()).reasons).length === 0 ? 1 : 0));
  observe('vitalvault.degraded', async () => {
    const sinceMs = new Map<string, number>();
    // A follower may stand at several places: the part waits since the first of them.
    for (const {part, since} of (await readiness.look()).degraded)
      sinceMs.set(part, Math.min(sinceMs.get(part) ?? Infinity, Date.parse(since)));
    return [...sinceMs].map(([part, since]) => ({labels: {part}, value: Math.max(0, now() - since) / 1_000}));
  });
}
