/** A StatefulSet of one pod, as Kubernetes has it now. */
export interface SinglePod {
  /** Revision of its present template; undefined while Kubernetes has not taken notice of the last change. */
  wanted?: string;
  /** undefined while there is none. */
  pod?: {uid: string; revision: string; ready: boolean};
}

/** StatefulSets of one pod each, whose pods are only replaced when they are deleted (update strategy OnDelete). */
export interface SinglePods {
  /** @throws InstallerError when there is no such StatefulSet, or it may not be looked at */
  look(name: string): Promise<SinglePod>;
  /** Lets the pod with this uid end, and no other one that has taken its place since. */
  end(name: string, uid: string): Promise<void>;
}
