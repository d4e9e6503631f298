/** Whole seconds of a protobuf Timestamp, rounded down: its nanos only ever add. @throws when CometBFT sends none */
export function secondsOf(time: {readonly seconds: bigint} | undefined): bigint {
  if (time === undefined) throw new Error('CometBFT sent a block without a time');
  return time.seconds;
}
