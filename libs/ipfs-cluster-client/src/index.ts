export {buildBlockCar, buildPack, rootOf} from './build-pack.js';
export type {Pack, PackBlock} from './build-pack.js';
export {IpfsClusterClient} from './ipfs-cluster-client.js';
export type {AddOptions, PinStatus} from './ipfs-cluster-client.js';
export {KuboClient} from './kubo-client.js';
export type {BlockAnswer} from './kubo-client.js';
