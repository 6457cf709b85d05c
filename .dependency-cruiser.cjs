// The layers of src/: a folder may import only from folders that stand lower. docs/architecture.md draws them.
const layers = [
  ['system', 'component', 'api'],
  ['config', 'kube', 'github', 'git', 'storage', 'slack', 'bugzilla', 'jira'],
  ['owners', 'jobs', 'inrepo'],
  // Components: what one of them shares with another lies lower.
  [
    'hook',
    'plugins',
    'plank',
    'scheduler',
    'sinker',
    'horologium',
    'crier',
    'deck',
    'podutils',
    'engine',
    'simulator',
    'ghproxy',
  ],
  ['up', 'testing', 'tools'],
  ['cli'],
]

const path = (names) => `^src/(${names.join('|')})(/|\\.ts$)`
const tests = '(\\.test\\.ts$|/testing/|^src/testing/)'

module.exports = {
  forbidden: [
    ...layers.slice(0, -1).map((layer, index) => ({
      name: `${layer.join('-')}-stays-low`,
      comment: 'A lower layer must not know a higher one: move what is shared down, or pass it in.',
      severity: 'error',
      from: { path: path(layer), pathNot: tests },
      to: { path: path(layers.slice(index + 1).flat()) },
    })),
    {
      name: 'every-folder-has-a-layer',
      comment: 'Add the folder to the layers at the top of this file.',
      severity: 'error',
      from: { path: '^src/', pathNot: path(layers.flat()) },
      to: {},
    },
    {
      name: 'components-apart',
      comment: 'Components meet only in the Kubernetes API. Compose them in src/up.',
      severity: 'error',
      from: { path: `^src/(${layers[3].join('|')})/`, pathNot: tests },
      to: { path: `^src/(${layers[3].join('|')})/`, pathNot: ['^src/$1/', '^src/hook/plugin\\.ts$'] },
    },
    {
      name: 'only-plugins-use-the-plugin-api',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(plugins|hook|up)/', tests] },
      to: { path: '^src/hook/plugin\\.ts$' },
    },
    {
      name: 'imports-lead-somewhere',
      severity: 'error',
      from: {},
      // Has nothing but types, which only the compiler finds.
      to: { couldNotResolve: true, pathNot: '^kubernetes-types/' },
    },
    {
      name: 'octokit-only-in-github',
      comment: 'Everybody else speaks to the code host through src/api/code-host.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/github/', tests, '^src/simulator/', '^src/hook/'] },
      to: { path: 'node_modules/@octokit' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, '^src/simulator/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      // Without this, packages are not found and no rule about them can bite.
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
}
