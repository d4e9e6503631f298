/** The chain does not continue what is stored. The words are heights and rules of ours. */
export class ChainFault extends Error {
  override readonly name = 'ChainFault';
}
