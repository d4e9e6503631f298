import type {RandomBytes} from '@vitalvault/envelope';

/** What the SDK takes from its surroundings; tests replace any of it. */
export interface Environment {
  fetch: typeof fetch;
  /** Unix milliseconds. */
  now: () => number;
  /** Cryptographically secure. */
  random: RandomBytes;
  sleep: (ms: number) => Promise<void>;
}

/** The platform's own, in browsers and in Node alike. */
export function systemEnvironment(overrides: Partial<Environment> = {}): Environment {
  return {
    fetch: (input, init) => globalThis.fetch(input, init),
    now: () => Date.now(),
    random: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
    sleep: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    ...overrides,
  };
}
