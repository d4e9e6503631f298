import {DomainError} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';

const KEPT_MS = 10_000;
const MOST = 1_000;
const LASTING: ReadonlySet<ErrorCode> = new Set(['access-refused', 'permit-ended', 'release-limit']);

/**
 * What policy refused a moment ago, so that a permit that ended or is used up cannot make storage fetch ciphertexts
 * over and over.
 */
export class RecentRefusals {
  readonly #refusals = new Map<string, {error: DomainError; untilMs: number}>();

  constructor(private readonly now: () => number) {}

  /** @throws DomainError the refusal, while it is recent */
  throwIfRefused(txId: string): void {
    const found = this.#refusals.get(txId);
    if (found === undefined) return;
    if (this.now() < found.untilMs) throw found.error;
    this.#refusals.delete(txId);
  }

  /** Passes an answer of policy on and remembers a refusal that lasts. */
  async watch<T>(txId: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof DomainError && LASTING.has(error.code)) this.#remember(txId, error);
      throw error;
    }
  }

  #remember(txId: string, error: DomainError): void {
    const [oldest] = this.#refusals.keys();
    if (oldest !== undefined && this.#refusals.size >= MOST) this.#refusals.delete(oldest);
    this.#refusals.set(txId, {error, untilMs: this.now() + KEPT_MS});
  }
}
