/** How our TypeScript is compiled, for the programs and for Jest alike: what is tested is what runs. */
export const SWC_OPTIONS = {
  jsc: {
    target: 'es2024',
    parser: {syntax: 'typescript', decorators: true},
    transform: {legacyDecorator: true, decoratorMetadata: true},
    keepClassNames: true,
  },
} as const;
