import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "./generate";
import { PROVIDER_SOURCE, writePinnedProvider } from "./schema-file";

const EXIT_FAILURE = 1;
const EXIT_USAGE = 64;
const USAGE = "usage: npm run provider:update -- <version>, such as 1.12.5";

/** Pins another version of the provider and regenerates the bindings. */
async function update(version: string): Promise<void> {
  writePinnedProvider(version, printSchema(version));
  setPackageVersion(version);
  await generate();
  console.log(
    `The bindings are of ${PROVIDER_SOURCE} ${version}. Run "npm install" to record the version in package-lock.json.`,
  );
}

function printSchema(version: string): string {
  const directory = mkdtempSync(join(tmpdir(), "provider-schema-"));
  try {
    writeFileSync(
      join(directory, "main.tf.json"),
      JSON.stringify({
        terraform: {
          required_providers: {
            dbtcloud: { source: PROVIDER_SOURCE, version },
          },
        },
      }),
    );
    terraform(directory, ["init", "-input=false", "-no-color"]);
    return terraform(directory, ["providers", "schema", "-json"]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function terraform(directory: string, args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync("terraform", args, {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    maxBuffer: Infinity,
  });
  if (error) throw new Error(`cannot run terraform: ${error.message}`);
  if (status !== 0) throw new Error(`terraform ${args[0]} failed: ${onOneLine(stderr)}`);
  return stdout;
}

function onOneLine(terraformMessage: string): string {
  return terraformMessage.replace(/[╷│╵]/g, " ").replace(/\s+/g, " ").trim();
}

function setPackageVersion(version: string): void {
  const file = join(__dirname, "package.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/(?<="version": ")[^"]+/, version));
}

const [version, ...unexpected] = process.argv.slice(2);
if (!version || !/^\d+\.\d+\.\d+$/.test(version) || unexpected.length > 0) {
  console.error(USAGE);
  process.exitCode = EXIT_USAGE;
} else
  update(version).catch((error: unknown) => {
    console.error(`provider:update: ${(error as Error).message}`);
    process.exitCode = EXIT_FAILURE;
  });
