import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Schema } from "@cdktf/commons";
import { writeNestedAttributesAsValues } from "./nested-attributes-in-hcl";
import { PROVIDER_SOURCE, readPinnedProvider, SCHEMA_FILE } from "./schema-file";

const TYPESCRIPT_DIR = join(__dirname, "src-generated");
const COMPILED_DIR = join(__dirname, "lib");
const COMPILER_CONFIG = join(__dirname, "tsconfig.generated.json");
const STAMP_FILE = join(COMPILED_DIR, ".generated-from");
const INPUTS = [
  SCHEMA_FILE,
  COMPILER_CONFIG,
  __filename,
  require.resolve("./nested-attributes-in-hcl"),
  require.resolve("./schema-file"),
  require.resolve("@cdktf/provider-generator/package.json"),
];

/** Generates and compiles the bindings, unless `lib` is up to date. */
export async function generate(): Promise<void> {
  const stamp = stampOfInputs();
  if (existsSync(STAMP_FILE) && readFileSync(STAMP_FILE, "utf8") === stamp) return;
  rmSync(COMPILED_DIR, { recursive: true, force: true });
  rmSync(TYPESCRIPT_DIR, { recursive: true, force: true });
  await writeTypeScript();
  compile();
  rmSync(TYPESCRIPT_DIR, { recursive: true });
  writeFileSync(STAMP_FILE, stamp);
}

function stampOfInputs(): string {
  const hash = createHash("sha256");
  for (const file of INPUTS) hash.update(readFileSync(file));
  return hash.digest("hex");
}

async function writeTypeScript(): Promise<void> {
  // On import, the generator runs this program and reports failures to its vendor.
  process.env.TERRAFORM_BINARY_NAME = "true";
  process.env.CHECKPOINT_DISABLE = "1";
  const { CodeMaker, TerraformProviderConstraint, TerraformProviderGenerator } =
    await import("@cdktf/provider-generator");
  const { ConstructsMakerProviderTarget, Language } = await import("@cdktf/commons");

  const { version, schema, provider } = readPinnedProvider();
  const generator = new TerraformProviderGenerator(new CodeMaker(), schema);
  generator.generate(
    new ConstructsMakerProviderTarget(
      new TerraformProviderConstraint(`${PROVIDER_SOURCE}@${version}`),
      Language.TYPESCRIPT,
    ),
  );
  await generator.save(TYPESCRIPT_DIR);

  const correct = (type: string, { block }: Schema): void => {
    const name = generator.getNamespaceNameForResource(type);
    const file = join(TYPESCRIPT_DIR, "providers/dbtcloud", name, "index.ts");
    const source = readFileSync(file, "utf8");
    try {
      writeFileSync(file, writeNestedAttributesAsValues(source, block));
    } catch (cause) {
      throw new Error(`${type}: ${(cause as Error).message}`, { cause });
    }
  };
  for (const [type, schema] of Object.entries(provider.resource_schemas)) correct(type, schema);
  for (const [type, schema] of Object.entries(provider.data_source_schemas)) correct(`data_${type}`, schema);
}

function compile(): void {
  const { status } = spawnSync(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "--project", COMPILER_CONFIG],
    { stdio: "inherit" },
  );
  if (status !== 0) throw new Error(`cannot compile the bindings in ${TYPESCRIPT_DIR}`);
}

if (require.main === module)
  generate().catch((error: unknown) => {
    console.error(`generate: ${(error as Error).message}`);
    process.exitCode = 1;
  });
