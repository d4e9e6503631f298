import type {Fuzzer} from './fuzzer.js';
import {canonicalBytes} from './fuzzers/canonical-bytes.js';
import {damagedFiles} from './fuzzers/damaged-files.js';
import {genesisFiles} from './fuzzers/genesis-files.js';
import {headers} from './fuzzers/headers.js';
import {leafClaims} from './fuzzers/leaf-claims.js';
import {legalBlocks} from './fuzzers/legal-blocks.js';
import {proofAnswers} from './fuzzers/proof-answers.js';
import {transactions} from './fuzzers/transactions.js';

export const FUZZERS: readonly Fuzzer[] = [
  transactions,
  canonicalBytes,
  proofAnswers,
  leafClaims,
  headers,
  genesisFiles,
  legalBlocks,
  damagedFiles,
];
