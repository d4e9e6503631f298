import {writeFile} from 'node:fs/promises';
import {inherited} from '../config.js';
import type {Layout} from '../layout.js';
import {NETWORK} from '../network.js';
import type {Program} from './program.js';

export const PAUSE_IMAGE = 'localhost/vitalvault-k8s/pause:1';
/** The namespace of containerd in which the kubelet's images and containers are. */
export const CONTAINERD_NAMESPACE = 'k8s.io';

/** Own root, state and socket, so that a containerd of the machine and its containers are not touched. */
const configuration = (layout: Layout): string => `version = 2
root = "${layout.data('containerd')}"
state = "${layout.data('containerd-state')}"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
]

[grpc]
  address = "${layout.containerd}"

[plugins."io.containerd.internal.v1.opt"]
  path = "${layout.data('containerd-opt')}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE a pod's lower out-of-memory score cannot be set: "can't get final child's PID from pipe".
  restrict_oom_score_adj = true
  disable_apparmor = true
  # So that what is left of a killed run is found under our folder.
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${layout.config('cni')}"

[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "runc"
  snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
  Root = "${layout.data('runc')}"
`;

const cniConfiguration = (layout: Layout) => ({
  cniVersion: '1.0.0',
  name: NETWORK.name,
  plugins: [
    {
      type: 'bridge',
      bridge: NETWORK.bridge,
      isGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: {
        type: 'host-local',
        dataDir: layout.data('cni'),
        ranges: [[{subnet: NETWORK.pods, gateway: NETWORK.node}]],
        routes: [{dst: '0.0.0.0/0'}],
      },
    },
    {type: 'portmap', capabilities: {portMappings: true}},
  ],
});

export async function containerd(layout: Layout): Promise<Program> {
  await writeFile(layout.config('containerd.toml'), configuration(layout));
  await writeFile(layout.config('cni/10-vitalvault.conflist'), JSON.stringify(cniConfiguration(layout)));
  return {
    name: 'containerd',
    command: 'containerd',
    env: inherited(),
    args: ['--config', layout.config('containerd.toml')],
  };
}
