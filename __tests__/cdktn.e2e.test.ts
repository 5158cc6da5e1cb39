import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { version as CDKTN } from "cdktn/package.json";
import { version as CDKTF } from "cdktf/package.json";
import { envFolder } from "./support/env-folder";
import { runNode } from "./support/run-program";

const ROOT = resolve(__dirname, "..");
const STACKS = ["staging", "production"] as const;

interface StackJson {
  readonly "//": { readonly metadata: { readonly version: string } };
}

/** The JSON of both stacks, made by main.ts in a folder with the shipped env files. */
async function synthesize(...preloaded: readonly string[]): Promise<StackJson[]> {
  const files = ["dev", "staging", "prod"].map((name) => `environments/${name}.yaml`);
  const folder = envFolder(Object.fromEntries(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")])));
  const modules = [...preloaded, require.resolve("ts-node/register")].flatMap((path) => ["-r", path]);
  const run = await runNode([...modules, join(ROOT, "main.ts")], {
    cwd: folder,
    env: { TS_NODE_PROJECT: join(ROOT, "tsconfig.json") },
  });
  expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  return STACKS.map(
    (name) => JSON.parse(readFileSync(join(folder, `cdktf.out/stacks/${name}/cdk.tf.json`), "utf8")) as StackJson,
  );
}

const withVersion = (stack: StackJson, version: string): StackJson => ({
  ...stack,
  "//": { ...stack["//"], metadata: { ...stack["//"].metadata, version } },
});

it("cdktn makes the same JSON of both stacks as cdktf, except for its own version", async () => {
  const byCdktf = await synthesize();
  const byCdktn = await synthesize(require.resolve("./support/cdktn-for-cdktf.cjs"));
  expect(byCdktf.map((stack) => stack["//"].metadata.version)).toEqual([CDKTF, CDKTF]);
  expect(byCdktn).toEqual(byCdktf.map((stack) => withVersion(stack, CDKTN)));
});
