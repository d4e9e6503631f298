import {leafHash} from '@vitalvault/proofs';
import {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';
import {worstCase} from './worst-case.js';

/** Prints what ten years of worst-case actors make of a ledger with the default parameters. */
const LEAF = new Uint8Array(300);
const SAMPLES = 20_000;
const from = performance.now();
for (let i = 0; i < SAMPLES; i++) leafHash(LEAF);
const msPerLeaf = (performance.now() - from) / SAMPLES;

const rows = [4, 16].map((organisations) => {
  const {refusedLeaves, grantedLeaves, ...state} = worstCase(DEFAULT_PARAMETERS, 10, organisations);
  const verifySeconds = (leaves: number): string => ((2 * leaves * msPerLeaf) / 1_000).toFixed(1);
  return [
    `${String(organisations)} organisations: ${JSON.stringify(state)}`,
    `  log of one patient: ${String(refusedLeaves)} refusals, verified in ${verifySeconds(refusedLeaves)} s;`,
    `  with grants ${String(grantedLeaves)} requests, verified in ${verifySeconds(grantedLeaves)} s`,
  ].join('\n');
});
process.stdout.write(`${rows.join('\n')}\n`);
