import type { Attribute, Block } from "@cdktf/commons";

/**
 * Corrects the HCL output of nested attributes in the bindings of one resource.
 *
 * The generated code writes every nested attribute as a block
 * (`triggers { … }`), which Terraform rejects: it must be `triggers = { … }`.
 *
 * @param source the generated TypeScript of the resource
 * @param block the schema of the resource, which distinguishes attributes and blocks
 * @throws if the generated text is not as expected. A new version of the
 * generator or the provider can thus not bring the error back silently
 */
export function writeNestedAttributesAsValues(source: string, block: Block): string {
  const bindings = new HclMappings(source);
  correctMapping(bindings, "protected synthesizeHclAttributes(", block);
  return bindings.source;
}

function correctMapping(
  bindings: HclMappings,
  mapping: string,
  { attributes = {}, block_types: blocks = {} }: Partial<Block>,
): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!attribute.nested_type || !isAssignable(attribute)) continue;
    const mapper = bindings.writeAsValue(mapping, name);
    correctMapping(bindings, mapper, attribute.nested_type);
  }
  for (const [name, { block }] of Object.entries(blocks))
    correctMapping(bindings, bindings.mapperOf(mapping, name), block);

  const wrong = bindings.namesWrittenAsBlocks(mapping).filter((name) => !(name in blocks));
  if (wrong.length > 0) throw new Error(`${wrong.join(", ")} would be written as HCL blocks`);
}

function isAssignable(attribute: Attribute): boolean {
  return Boolean(attribute.required || attribute.optional);
}

const BLOCK_FIELD =
  /^ +(?<name>\w+): \{\n +value: .*?(?<mapper>\w+ToHclTerraform)\b.*\n +isBlock: true,\n +type: "(?:struct|list|set)",$/gm;

interface BlockField {
  start: number;
  text: string;
  name: string;
  mapper: string;
}

/**
 * The functions in generated TypeScript that map fields to HCL, each identified
 * by its first line.
 */
class HclMappings {
  constructor(public source: string) {}

  /** The fields that a mapping writes as `name { … }`. */
  namesWrittenAsBlocks(mapping: string): string[] {
    return this.blockFields(mapping).map(({ name }) => name);
  }

  /** Finds the mapping of the content of a field. */
  mapperOf(mapping: string, name: string): string {
    return this.blockField(mapping, name).mapper;
  }

  /** Makes the mapping write a field as `name = …`. Returns the mapping of its content. */
  writeAsValue(mapping: string, name: string): string {
    const { start, text, mapper } = this.blockField(mapping, name);
    // cdktf writes a "list" with one object as an object with typed fields. It
    // would write the lists inside a "map" as objects.
    const corrected = text.replace("isBlock: true", "isBlock: false").replace('type: "struct"', 'type: "list"');
    this.source = this.source.slice(0, start) + corrected + this.source.slice(start + text.length);
    return mapper;
  }

  private blockField(mapping: string, name: string): BlockField {
    const field = this.blockFields(mapping).find((each) => each.name === name);
    if (!field) throw new Error(`no HCL mapping of "${name}" in "${mapping}"`);
    return field;
  }

  private blockFields(mapping: string): BlockField[] {
    const start = this.source.indexOf(mapping);
    if (start < 0) throw new Error(`no function "${mapping}"`);
    const end = this.source.indexOf("};", start);
    const body = this.source.slice(start, end);
    return [...body.matchAll(BLOCK_FIELD)].map((match) => ({
      start: start + match.index,
      text: match[0],
      name: match.groups?.name ?? "",
      mapper: `export function ${match.groups?.mapper}(`,
    }));
  }
}
