import type { GraphQLResolveInfo } from 'graphql';

/** The path of a field in the answer. */
export function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let path: GraphQLResolveInfo['path'] | undefined = info.path; path !== undefined; path = path.prev)
    keys.unshift(path.key);
  return keys;
}
