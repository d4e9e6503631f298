/** Where a pod finds the Kubernetes API. */
export interface ApiServer {
  host: string;
  port: number;
}

/** Directory that Kubernetes mounts for a pod with a service account. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The API server of the cluster that this process runs in; undefined outside of one. */
export function apiServer(env: Readonly<Record<string, string | undefined>> = process.env): ApiServer | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = Number(env['KUBERNETES_SERVICE_PORT_HTTPS'] ?? env['KUBERNETES_SERVICE_PORT'] ?? 443);
  return host === undefined || host === '' ? undefined : {host, port};
}

/** The settings of a service, of which `migrated` takes the database's. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
