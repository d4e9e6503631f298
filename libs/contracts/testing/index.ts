export {incomplete} from './incomplete.js';
