import schemaFile from "../../packages/provider-dbtcloud/schema.json";

type TypeExpression = string | readonly [string, TypeExpression];

interface Attribute {
  readonly type?: TypeExpression;
  readonly nested_type?: { readonly attributes: Attributes; readonly nesting_mode: string };
  readonly required?: boolean;
  readonly optional?: boolean;
}

type Attributes = Readonly<Record<string, Attribute>>;

interface Block {
  readonly attributes?: Attributes;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

interface ProviderSchema {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

type Json = Readonly<Record<string, unknown>>;

const provider = Object.values(schemaFile.provider_schemas)[0] as unknown as ProviderSchema;
const META_ARGUMENTS = new Set(["//", "depends_on", "lifecycle", "provider", "count", "for_each"]);

/**
 * Checks every block of a stack's Terraform JSON against the provider's schema: unknown attributes, wrong types, missing
 * required attributes, attributes that only the provider may set, and nesting.
 *
 * @returns one line for each violation
 */
export function schemaViolations(stack: Json): string[] {
  const providers = entries(stack["provider"]).flatMap(([name, blocks]) =>
    list(blocks).flatMap((block) => blockViolations(`provider.${name}`, block, provider.provider.block)),
  );
  return [
    ...providers,
    ...typeViolations("resource", stack["resource"], provider.resource_schemas),
    ...typeViolations("data", stack["data"], provider.data_source_schemas),
  ];
}

function typeViolations(kind: string, types: unknown, schemas: ProviderSchema["resource_schemas"]): string[] {
  return entries(types).flatMap(([type, blocks]) => {
    const schema = schemas[type];
    if (!schema) return [`${kind}.${type}: unknown type`];
    return entries(blocks).flatMap(([name, block]) => blockViolations(`${type}.${name}`, block, schema.block));
  });
}

function blockViolations(path: string, value: unknown, block: Block): string[] {
  if (!isMapping(value)) return [`${path}: expected a block`];
  const attributes = block.attributes ?? {};
  const blockTypes = block.block_types ?? {};
  const missing = Object.entries(attributes)
    .filter(([name, { required }]) => required && value[name] === undefined)
    .map(([name]) => `${path}.${name}: required`);
  const wrong = Object.entries(value).flatMap(([name, inner]) => {
    if (META_ARGUMENTS.has(name) || inner === undefined) return [];
    const attribute = attributes[name];
    if (attribute) return attributeViolations(`${path}.${name}`, inner, attribute);
    const nested = blockTypes[name];
    if (!nested) return [`${path}.${name}: unknown attribute`];
    return list(inner).flatMap((item, i) => blockViolations(`${path}.${name}[${i}]`, item, nested.block));
  });
  return [...missing, ...wrong];
}

function attributeViolations(path: string, value: unknown, attribute: Attribute): string[] {
  if (!attribute.required && !attribute.optional) return [`${path}: only the provider sets it`];
  if (attribute.type !== undefined) return valueViolations(path, value, attribute.type);
  const { attributes, nesting_mode } = attribute.nested_type!;
  const items = nesting_mode === "single" ? [value] : list(value);
  return items.flatMap((item) => blockViolations(path, item, { attributes }));
}

function valueViolations(path: string, value: unknown, type: TypeExpression): string[] {
  if (typeof value === "string" && value.startsWith("${")) return [];
  if (typeof type === "string") {
    const matches = type === "dynamic" || typeof value === (type === "bool" ? "boolean" : type);
    return matches ? [] : [`${path}: expected ${type}, got ${JSON.stringify(value)}`];
  }
  const [container, element] = type;
  if (container === "map") {
    if (!isMapping(value)) return [`${path}: expected map, got ${JSON.stringify(value)}`];
    return Object.entries(value).flatMap(([key, item]) => valueViolations(`${path}.${key}`, item, element));
  }
  if (!Array.isArray(value)) return [`${path}: expected ${container}, got ${JSON.stringify(value)}`];
  return value.flatMap((item, i) => valueViolations(`${path}[${i}]`, item, element));
}

function entries(value: unknown): [string, unknown][] {
  return isMapping(value) ? Object.entries(value) : [];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
