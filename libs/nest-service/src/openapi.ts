export {openApiDocument} from './openapi/open-api-document.js';
export type {OpenApiDocument} from './openapi/open-api-document.js';
export {problemSchema} from './openapi/problem-schema.js';
export type {Route, RouteAnswer, RouteContent} from './openapi/route.js';
export {anyHexText, decimalText, hexText} from './openapi/wire-text.js';
