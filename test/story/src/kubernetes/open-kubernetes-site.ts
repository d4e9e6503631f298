import {claimFolder} from '../claim-folder.js';
import {Kubectl} from './kubectl.js';
import {KubernetesSite} from './kubernetes-site.js';
import {Reach} from './reach.js';
import {PORT, targetOf, writeReleaseEndpoints} from './release-endpoints.js';
import {Release} from './release.js';

/** Which release to play on, as the command line names it. */
export interface ReleaseOptions {
  namespace: string;
  release: string;
  kubeconfig?: string | undefined;
  kubectl?: string | undefined;
  /** URLs of services through an Ingress or a Gateway, by name. */
  urls?: Readonly<Record<string, string>> | undefined;
  sponsorSecret?: string | undefined;
}

/**
 * Finds the release, writes its endpoints and genesis into `data`, and opens the doors that the story needs.
 * @throws StoryError when the folder is of another system
 */
export async function openKubernetesSite(options: ReleaseOptions, data: string): Promise<KubernetesSite> {
  claimFolder(data, options);
  const kubectl = new Kubectl({program: options.kubectl, kubeconfig: options.kubeconfig, namespace: options.namespace});
  const release = await Release.find(kubectl, options.release);
  const reach = await Reach.toward(kubectl, targetOf(release.service('policy'), PORT.http));
  try {
    await writeReleaseEndpoints(release, reach, data, options.urls);
    return await KubernetesSite.open({release, reach, data, sponsorSecret: options.sponsorSecret});
  } catch (error) {
    reach.close();
    throw error;
  }
}
