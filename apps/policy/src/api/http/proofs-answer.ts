import {toHex} from '@vitalvault/contracts';
import {anyHexText, decimalText} from '@vitalvault/http';
import {z} from 'zod';
import type {ProofsWithHeader} from '../../application/answer-proofs.js';

const signedHeader = z
  .looseObject({
    header: z.looseObject({chain_id: z.string(), height: decimalText, app_hash: z.string()}),
    commit: z.looseObject({
      height: decimalText,
      signatures: z.array(z.looseObject({block_id_flag: z.int().min(1).max(3)})),
    }),
  })
  .describe("`signed_header` as CometBFT's RPC gives it at /commit.");

export const headerAnswer = z.strictObject({signedHeader});
type HeaderAnswer = z.infer<typeof headerAnswer>;

export const proofsAnswer = z.strictObject({
  proof: anyHexText.describe('Canonical bytes of the ProofResponse.'),
  signedHeader: signedHeader.describe("Of the height after the proof's."),
});

/** A header as a validator gave it: nothing of it is checked here, whoever asks verifies it. */
export const fromHeader = (text: string): HeaderAnswer => ({
  signedHeader: JSON.parse(text) as HeaderAnswer['signedHeader'],
});

/** `{proof, signedHeader}`: canonical bytes in hexadecimal, and the header as CometBFT gives it. */
export const fromProofs = ({proof, signedHeader: text}: ProofsWithHeader): z.infer<typeof proofsAnswer> => ({
  proof: toHex(proof),
  ...fromHeader(text),
});
