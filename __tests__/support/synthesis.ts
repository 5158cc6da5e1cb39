import { TerraformStack, Testing } from "cdktf";
import { EnvironmentStack } from "../../constructs/environment-stack";
import type { EnvironmentDefinition } from "../../src/env-files/definition";
import { loadEnvironments } from "../../src/env-files/load";
import type { ProcessEnvironment } from "../../src/env-files/process-environment";
import { readSettings } from "../../src/env-files/settings";

/** Blocks of one stack's Terraform JSON: kind, type, name. */
export interface TerraformJson {
  readonly [kind: string]: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** The Terraform JSON of a stack that holds what `add` puts into it. */
export function synthesize(add: (stack: TerraformStack) => void): TerraformJson {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), "stack");
  add(stack);
  return JSON.parse(Testing.synth(stack)) as TerraformJson;
}

/** The Terraform JSON of an environment, as `main.ts` would make it with these env vars. */
export function synthesizeEnvironment(
  definition: EnvironmentDefinition,
  env: ProcessEnvironment = {},
  environments = [definition],
): TerraformJson {
  const app = Testing.app({ stackTraces: false });
  const stack = new EnvironmentStack(app, { definition, environments, settings: readSettings(env) });
  return JSON.parse(Testing.synth(stack)) as TerraformJson;
}

/** The environments of the files that this project ships. */
export function shippedEnvironments(): EnvironmentDefinition[] {
  return loadEnvironments(["environments"], {});
}

/** One of the environments that this project ships. */
export function shippedEnvironment(name: string): EnvironmentDefinition {
  return shippedEnvironments().find((environment) => environment.name === name)!;
}
