import type {WitnessVerdict} from '@vitalvault/sdk';

/** Who else gave the header of a log; a warning when nobody surely did, and why those who were asked did not. */
export function witnessText({
  agreedBy,
  unusable,
  oneOrganisation,
}: WitnessVerdict & {oneOrganisation: boolean}): string {
  if (!oneOrganisation) return agreedBy.join(', ');
  const why = unusable.map(
    ({name, reason}) => `${name} ${reason === 'network' ? 'was not reached' : `gave none: ${reason}`}`,
  );
  const asked = why.length === 0 ? '' : ` (${why.join('; ')})`;
  return `NOBODY ELSE for sure${asked}: a fork that only this answer lies on would not be seen`;
}
