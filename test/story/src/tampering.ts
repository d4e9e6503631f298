import {decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {readPaper, writePaper} from './papers.js';

/** Ways to lie about a log. */
export const LIES = {
  withheld: (leaves: Uint8Array[]) => leaves.slice(0, -1),
  'withheld from the middle': (leaves: Uint8Array[]) => leaves.filter((_, i) => i !== 2),
  altered: (leaves: Uint8Array[]) => leaves.map((leaf, i) => (i === leaves.length - 2 ? alter(leaf) : leaf)),
  moved: (leaves: Uint8Array[]) => [...leaves.slice(0, -2), ...leaves.slice(-2).reverse()],
  doubled: (leaves: Uint8Array[]) => [...leaves, ...leaves.slice(-1)],
} as const;
export type Lie = keyof typeof LIES;

/**
 * A saved access log in which one thing is not as it was; everything else, header and head proof included, is genuine.
 */
export function tamper(inFile: string, outFile: string, lie: Lie): void {
  const paper = readPaper(inFile);
  const pages = (paper['pages'] as {proof: string; signedHeader: object}[]).map((page) => {
    const response = decodeCanonical(ProofResponseSchema, fromHex(page.proof));
    for (const log of response.logs) log.leaves = LIES[lie](log.leaves);
    return {...page, proof: toHex(encodeCanonical(ProofResponseSchema, response))};
  });
  writePaper(outFile, 'access-log', {patient: paper['patient'], pages});
}

// The last byte of a leaf lies inside its event: the message stays well-formed or not, the hash never fits.
function alter(leaf: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(leaf);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}
