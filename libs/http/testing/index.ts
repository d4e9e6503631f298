export {describeComposition} from './describe-composition.js';
export {describeDocument} from './describe-document.js';
