/** Who else gave the header of a log; a warning when nobody surely did. */
export function witnessText({
  agreedBy,
  oneOrganisation,
}: {
  agreedBy: readonly string[];
  oneOrganisation: boolean;
}): string {
  return oneOrganisation
    ? 'NOBODY ELSE for sure: a fork that only this answer lies on would not be seen'
    : agreedBy.join(', ');
}
