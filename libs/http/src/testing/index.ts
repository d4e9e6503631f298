export {describeDocument} from './describe-document.js';
