import {SdkError} from '@vitalvault/sdk';

/** By the reason that a header is refused for. */
const BY_REASON: Readonly<Record<string, string>> = {
  'stale-header':
    'It was kept before that: say how old it may be, as --max-age 30d. What came since is not in it; `vv log` has it.',
  'future-header': 'Check the clock of this machine.',
  'wrong-chain':
    'This file is of another ledger: name its genesis with --genesis FILE. Take that from your organisation, not from ' +
    'who gave you the file.',
};

const BY_CODE: Readonly<Record<string, string>> = {
  'untrusted-header': 'Do not trust this file. If you do not know whose ledger it is of, ask who gave it to you.',
  'proof-invalid': 'Do not trust this file: it was changed, or who answered lied. Have it made anew.',
  'log-incomplete': 'Do not trust this file: it was changed, or who answered lied. Keep the log anew: `vv log --out`.',
};

/**
 * Checks something that was kept in a file. What is wrong with it is no service's fault that could be asked again.
 * @throws what `verify` throws, with what can be done about a file
 */
export function ofAKeptFile<T>(verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof SdkError)) throw error;
    const {code, detail, meta} = error;
    const remedy = BY_REASON[String(meta['reason'])] ?? BY_CODE[code] ?? error.remedy;
    throw new SdkError(code, {detail, meta, remedy, cause: error});
  }
}
