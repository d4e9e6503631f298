/**
 * What may not be told is left out where patients are, and fails where we test: the specs of ours set this name.
 * @throws TypeError in a spec
 */
export function notTold(what: string): void {
  if ('vvUntoldThrows' in globalThis)
    throw new TypeError(`${what} may not be told: see libs/process/src/telling/told-fields.ts`);
}
