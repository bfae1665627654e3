import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from './random.ts';

export interface RandomOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** A query over a schema with aliases, merged fields, fragments, directives, variables and introspection. Nearly all are valid. */
export function randomOperation(schema: GraphQLSchema, random: Random): RandomOperation {
  return new Writer(schema, random).operation();
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #definitions: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  /** Spreads that may be repeated elsewhere: by type. */
  readonly #known: { name: string; type: string }[] = [];
  #fields = 0;

  constructor(schema: GraphQLSchema, random: Random) {
    this.#schema = schema;
    this.#random = random;
  }

  operation(): RandomOperation {
    const root = this.#schema.getQueryType() as GraphQLCompositeType;
    const body = this.#selections(root, 0);
    const variables = this.#definitions.length === 0 ? '' : `(${this.#definitions.join(', ')})`;
    return { query: [`query Random${variables} ${body}`, ...this.#fragments].join('\n'), variables: this.#variables };
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const parts: string[] = [];
    const count = 1 + random.below(depth === 0 ? 4 : 5);
    for (let index = 0; index < count; index++) {
      const roll = index === 0 ? 1 : random.next();
      if (roll < 0.15) parts.push(this.#inlineFragment(type, depth));
      else if (roll < 0.3) parts.push(this.#spread(type, depth));
      else parts.push(this.#field(type, depth));
    }
    // The same again, so that selections merge.
    if (random.chance(0.1)) parts.push(parts[0] as string);
    return `{ ${parts.join(' ')} }`;
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    const usable = fields.filter((field) => depth < 5 || !isCompositeType(getNamedType(field.type)));
    this.#fields += 1;
    if (usable.length === 0 || this.#fields > 60 || random.chance(0.06))
      return `${this.#alias('')}__typename${this.#directives()}`;
    if (type === this.#schema.getQueryType() && random.chance(0.03)) {
      return '__type(name: "Query") { name kind fields { name type { name ofType { name } } } }';
    }
    const field: GraphQLField<unknown, unknown> = random.pick(usable);
    const given = field.args.filter((argument) => isRequired(argument) || random.chance(0.3));
    const written = given.map((argument) => `${argument.name}: ${this.#argument(argument)}`);
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${this.#selections(named, depth + 1)}` : '';
    // Fields with arguments get keys of their own, lest they conflict.
    const alias = this.#alias(written.length > 0 || field.args.length > 0 ? `a${this.#fields}` : '');
    return `${alias}${field.name}${written.length > 0 ? `(${written.join(', ')})` : ''}${this.#directives()}${below}`;
  }

  #alias(forced: string): string {
    if (forced !== '') return `${forced}: `;
    return this.#random.chance(0.12)
      ? `${this.#random.pick(['b', 'toJSON', 'then', '__proto__'])}${this.#fields}: `
      : '';
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number): string {
    const condition = this.#condition(type);
    return `...${condition === undefined ? '' : ` on ${condition.name}`}${this.#directives()} ${this.#selections(condition ?? type, depth)}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const again = this.#known.filter((fragment) => fragment.type === type.name);
    if (again.length > 0 && this.#random.chance(0.5)) return `...${this.#random.pick(again).name}${this.#directives()}`;
    const condition = this.#condition(type) ?? type;
    const body = this.#selections(condition, depth);
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${condition.name} ${body}`);
    this.#known.push({ name, type: condition.name });
    return `...${name}${this.#directives()}`;
  }

  #condition(type: GraphQLCompositeType): GraphQLCompositeType | undefined {
    if (isAbstractType(type)) return this.#random.pick([type, ...this.#schema.getPossibleTypes(type)]);
    if (isObjectType(type)) return this.#random.pick([undefined, type, ...type.getInterfaces()]);
    return undefined;
  }

  #directives(): string {
    if (!this.#random.chance(0.12)) return '';
    const one = () => ` @${this.#random.pick(['skip', 'include'])}(if: ${this.#boolean()})`;
    const first = one();
    if (!this.#random.chance(0.2)) return first;
    return (
      first + (first.startsWith(' @skip') ? ` @include(if: ${this.#boolean()})` : ` @skip(if: ${this.#boolean()})`)
    );
  }

  #boolean(): string {
    if (this.#random.chance(0.4)) return String(this.#random.chance(0.5));
    const name = `c${this.#random.below(4)}`;
    if (!this.#definitions.some((definition) => definition.startsWith(`$${name}:`))) {
      const withDefault = this.#random.chance(0.3);
      this.#definitions.push(`$${name}: Boolean${withDefault ? ' = true' : '!'}`);
      // A null in the place of a default cannot be decided.
      if (!withDefault || this.#random.chance(0.5))
        this.#variables[name] = withDefault && this.#random.chance(0.1) ? null : this.#random.chance(0.5);
    }
    return `$${name}`;
  }

  #argument({ type }: GraphQLArgument): string {
    if (!this.#random.chance(0.4)) return this.#literal(type, 0);
    const name = `v${this.#definitions.length}`;
    const declared = !isNonNullType(type) && this.#random.chance(0.3) ? `${type}!` : String(type);
    this.#definitions.push(`$${name}: ${declared}`);
    const missing = !declared.endsWith('!') && this.#random.chance(0.3);
    if (!missing)
      this.#variables[name] = !declared.endsWith('!') && this.#random.chance(0.2) ? null : this.#value(type);
    return `$${name}`;
  }

  #literal(type: GraphQLInputType, depth: number): string {
    const random = this.#random;
    if (isNonNullType(type)) return this.#literal(type.ofType, depth);
    if (random.chance(0.08)) return 'null';
    if (isListType(type))
      return `[${Array.from({ length: random.below(3) }, () => this.#literal(nonNull(type.ofType), depth + 1)).join(', ')}]`;
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || (depth < 2 && random.chance(0.4)),
      );
      return `{ ${fields.map((field) => `${field.name}: ${this.#literal(nonNull(field.type), depth + 1)}`).join(', ')} }`;
    }
    if (type.name === 'Int' || type.name === 'SafeInt' || type.name === 'Float') return String(random.below(9));
    if (type.name === 'Boolean') return String(random.chance(0.5));
    if (type.name === '_Any') return `{ __typename: "Instance", id: ${this.#idVariable()} }`;
    return `"t${random.below(9)}"`;
  }

  /** A variable inside a literal. */
  #idVariable(): string {
    const name = `v${this.#definitions.length}`;
    this.#definitions.push(`$${name}: ID`);
    this.#variables[name] = `id${this.#random.below(9)}`;
    return `$${name}`;
  }

  #value(type: GraphQLInputType): unknown {
    const random = this.#random;
    if (isNonNullType(type)) return this.#value(type.ofType);
    if (isListType(type)) return Array.from({ length: random.below(3) }, () => this.#value(type.ofType));
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || random.chance(0.3));
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.type)]));
    }
    if (type.name === 'Int' || type.name === 'SafeInt' || type.name === 'Float') return random.below(9);
    if (type.name === 'Boolean') return random.chance(0.5);
    if (type.name === '_Any') return { __typename: 'Instance', id: `id${random.below(9)}` };
    return `t${random.below(9)}`;
  }
}

function isRequired({ type, defaultValue }: GraphQLArgument): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

function nonNull(type: GraphQLInputType): GraphQLInputType {
  return isNonNullType(type) ? type.ofType : type;
}
