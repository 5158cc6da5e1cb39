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

/** The Terraform JSON of a stack with the constructs that `add` adds. */
export function synthesize(add: (stack: TerraformStack) => void): TerraformJson {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), "stack");
  add(stack);
  return JSON.parse(Testing.synth(stack)) as TerraformJson;
}

/** The Terraform JSON of an environment, as `main.ts` makes it with these environment variables. */
export function synthesizeEnvironment(
  definition: EnvironmentDefinition,
  env: ProcessEnvironment = {},
  environments = [definition],
): TerraformJson {
  const app = Testing.app({ stackTraces: false });
  const stack = new EnvironmentStack(app, { definition, environments, settings: readSettings(env) });
  return JSON.parse(Testing.synth(stack)) as TerraformJson;
}

/** The environments of this project's env files. */
export function shippedEnvironments(): EnvironmentDefinition[] {
  return loadEnvironments(["environments"], {});
}

/** One environment of this project's env files. */
export function shippedEnvironment(name: string): EnvironmentDefinition {
  return shippedEnvironments().find((environment) => environment.name === name)!;
}
