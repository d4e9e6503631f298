import {InvalidGenesisError} from './invalid-genesis-error.js';

/** @throws InvalidGenesisError "genesis refused: …" when it does not hold */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new InvalidGenesisError(`genesis refused: ${otherwise}`);
}
