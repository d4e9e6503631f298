export {AbciConnection} from './abci-connection.js';
export type {AbciRequest} from './abci-connection.js';
export {cometBinary} from './comet-binary.js';
export {CometNode, genesisJson} from './comet-node.js';
export type {CometNodeOptions} from './comet-node.js';
export {Notebook} from './notebook.js';
export {changedComet} from './changed-comet.js';
export type {Edit} from './changed-comet.js';
