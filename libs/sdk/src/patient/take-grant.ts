import type {PatientKeys, StoredGrant} from './patient-keys.js';

/** The ledger proved the grant: it stands in the place of its older version, and its keys are due. Nothing is saved. */
export function takeGrant(keys: PatientKeys, grant: StoredGrant): void {
  const isIt = ({grantId}: StoredGrant): boolean => grantId === grant.grantId;
  const before = keys.grants.find(isIt);
  const wrapVersion = Math.max(before?.wrapVersion ?? 0, grant.wrapVersion);
  keys.grants = [...keys.grants.filter((known) => !isIt(known)), {...grant, wrapVersion, wrapsDue: !grant.revoked}];
  keys.sentGrants = keys.sentGrants.filter((sent) => !isIt(sent.grant) || sent.grant.version > grant.version);
}

/** The highest version of a grant that she gave or sent; 0: none. */
export function newestVersion({grants, sentGrants}: PatientKeys, id: string): number {
  return [...grants, ...sentGrants.map(({grant}) => grant)]
    .filter(({grantId}) => grantId === id)
    .reduce((newest, {version}) => Math.max(newest, version), 0);
}

/** Whether two are the same version of a grant to the same member. */
export function isVersionOf(a: StoredGrant, b: StoredGrant): boolean {
  return a.grantId === b.grantId && a.version === b.version && a.grantee === b.grantee;
}
