const OTHERS = 0o007;
const GROUP = 0o070;
const GROUP_READS = 0o040;

/**
 * Whether somebody beside this process' user may read or write the file of a key. Kubernetes shows a Secret as root's
 * file that the pod's group may read, for no other user can own it: so a group may read what belongs to somebody else.
 * Our own file is for us alone. Pure.
 * @param self user id of this process
 */
export function openToOthers(
  {mode, uid}: {readonly mode: number; readonly uid: number},
  self: number | undefined,
): boolean {
  if ((mode & OTHERS) !== 0) return true;
  const group = mode & GROUP;
  return group !== 0 && (group !== GROUP_READS || uid === self);
}
