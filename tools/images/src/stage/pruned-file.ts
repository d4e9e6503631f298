const LICENCE = /^(licen[cs]e|notice|copying|copyright|authors|patents|third[-_ ]?party)/i;
const NEVER_LOADED = /\.(d\.[cm]?ts|[cm]?tsx?|map|md|markdown|flow|tsbuildinfo|[ch]|cc|cpp|gypi?|html|ya?ml)$/i;
const DOT_FILES =
  /^\.(npmignore|gitattributes|gitignore|editorconfig|eslintrc.*|eslintignore|prettierrc.*|prettierignore|nycrc|travis\.yml|jshintrc|babelrc)$/;
const OTHER_DATABASES = /(^|\/)@prisma\/client\/runtime\/.*\.(cockroachdb|mysql|sqlite|sqlserver)\./;

/**
 * Whether a file of an installed package is left out of the image because nothing loads it there: types, source maps,
 * documentation, C sources, query compilers of other databases, binaries of other platforms. Licences always stay.
 *
 * @param path inside node_modules, e.g. `pino/lib/tools.js`
 */
export function isPruned(path: string, platform: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (LICENCE.test(name)) return false;
  if (NEVER_LOADED.test(name) || DOT_FILES.test(name) || OTHER_DATABASES.test(path)) return true;
  const prebuild = /(?:^|\/)prebuilds\/([^/]+)\/(.*)$/.exec(path);
  return prebuild !== null && (prebuild[1] !== platform || (prebuild[2] ?? '').includes('musl'));
}
