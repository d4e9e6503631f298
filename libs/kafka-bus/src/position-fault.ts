/** Kafka does not continue the position that is stored. The words are numbers, ids of Kafka and rules of ours. */
export class PositionFault extends Error {
  override readonly name = 'PositionFault';
}
