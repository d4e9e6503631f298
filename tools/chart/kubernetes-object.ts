/** Of a Kubernetes object what the chart's rules look at; whatever else it holds is there and not named. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly labels?: Labels; readonly annotations?: Labels};
  readonly spec?: ObjectSpec;
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
}

export type Labels = Readonly<Record<string, string>>;

/** The fields of all kinds together: workloads, services, network policies, topics. */
export interface ObjectSpec extends Partial<PodSpec> {
  readonly template?: {readonly metadata: {readonly labels: Labels}; readonly spec: PodSpec};
  readonly volumeClaimTemplates?: readonly {readonly metadata: {readonly name: string}}[];
  readonly selector?: Labels;
  readonly ports?: readonly {readonly targetPort: string}[];
  readonly podSelector?: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly {readonly from?: readonly Peer[]; readonly ports?: readonly PeerPort[]}[];
  readonly egress?: readonly {readonly to?: readonly Peer[]; readonly ports?: readonly PeerPort[]}[];
  readonly topicName?: string;
}

export interface Selector {
  readonly matchLabels?: Labels;
}

export interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: unknown;
}

export interface PeerPort {
  readonly protocol?: string;
  readonly port?: number;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: {readonly sizeLimit?: string};
  readonly [kind: string]: unknown;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly seccompProfile?: {readonly type: string};
  readonly allowPrivilegeEscalation?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: unknown;
  readonly readOnlyRootFilesystem?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly {readonly name: string; readonly valueFrom?: {readonly secretKeyRef?: unknown}}[];
  readonly ports?: readonly {readonly name: string; readonly containerPort: number}[];
  readonly volumeMounts?: readonly {readonly name: string; readonly mountPath: string}[];
  readonly securityContext?: SecurityContext;
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>> | undefined>>;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
}
