import {callsInLog, grammarBreaches} from '@vitalvault/abci/testing';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Platform} from '../e2e/platform/platform.js';

/**
 * What the validators of a whole system were asked against the ABCI grammar, since they were first started.
 * @throws when a log tells no calls: the system was started without VITALVAULT_LEDGER_LOG_LEVEL=debug
 */
export function grammarOfSystem({data, endpoints}: Platform): string[] {
  return endpoints.validators.flatMap((_, i) => {
    const calls = callsInLog(readFileSync(join(data, `log/abci-${i}.log`), 'utf8'));
    if (!calls.some(({method}) => method === 'commit')) throw new Error(`abci-${i}: no calls in its log`);
    return grammarBreaches(calls).map((breach) => `abci-${i}: ${breach}`);
  });
}
