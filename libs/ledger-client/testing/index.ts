export {ANSWER_LIES} from './answer-lies.js';
export {LIES} from './lies.js';
export {lyingRpc} from './lying-rpc.js';
export type {Lie} from './lying-rpc.js';
export {MadeUpNode} from './made-up-node.js';
export {noAnswer} from './no-answer.js';
