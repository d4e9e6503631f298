export type ObjectKind = 'secret' | 'configmap';

/** Named texts of a Secret or a ConfigMap. */
export type Texts = Readonly<Record<string, string>>;

/** The Secrets and ConfigMaps of a namespace: they are read and made, never changed, deleted or listed. */
export interface ObjectStore {
  /** undefined: there is none of that name. */
  read(kind: ObjectKind, name: string): Promise<Texts | undefined>;
  /** @returns what stands under the name now: `texts`, or what somebody else has made there in the meantime */
  create(kind: ObjectKind, name: string, texts: Texts): Promise<Texts>;
  /** Whether there is a claim of a volume of that name. */
  hasClaim(name: string): Promise<boolean>;
}
