// Imports only point down this list; a room may use the rooms it names, and nothing else of the project.
const rooms = {
  gateway: ['execution', 'schema', 'resolvers', 'permissions', 'upstream', 'sandbox'],
  execution: [],
  schema: ['resolvers', 'permissions', 'upstream'],
  resolvers: ['permissions', 'upstream'],
  permissions: [],
  sandbox: ['upstream'],
  upstream: [],
};

const forbidden = Object.entries(rooms).map(([room, below]) => ({
  name: `${room}-imports-only-below`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    path: '^(gateway|execution|schema|resolvers|permissions|upstream|sandbox|console|test|bench)/',
    pathNot: `^(${[room, ...below].join('|')})/`,
  },
}));

module.exports = {
  forbidden: [
    ...forbidden,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-development-dependencies-at-run-time',
      severity: 'error',
      from: { path: '^(gateway|execution|schema|resolvers|permissions|upstream|sandbox)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
