import {meter} from '@vitalvault/process';
import type {Standstill} from '@vitalvault/process';
import type {ObservableResult} from '@opentelemetry/api';

/** A gauge of the places at which each follower stands: 0 while it goes on. @returns ends the watch */
export function watchFollowers(followers: readonly Standstill[]): () => void {
  const gauge = meter().createObservableGauge('vitalvault_follower_stopped', {
    description: 'Places at which a follower stopped because it cannot take what comes next.',
  });
  const observe = (result: ObservableResult): void => {
    for (const {part, places} of followers) result.observe(places.length, {part});
  };
  gauge.addCallback(observe);
  return () => gauge.removeCallback(observe);
}
