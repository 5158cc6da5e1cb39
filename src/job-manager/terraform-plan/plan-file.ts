import { z } from "zod";
import { shapeProblem } from "../../jobs/shape-problem";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";

const attributesSchema = z.record(z.string(), z.unknown());

const resourceChangeSchema = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.enum(["managed", "data"]),
  type: z.string(),
  name: z.string(),
  change: z.object({
    actions: z.array(z.enum(["no-op", "create", "read", "update", "delete", "forget"])),
    before: attributesSchema.nullish(),
    after: attributesSchema.nullish(),
    /** `true` for each value that is known after the apply. */
    after_unknown: z.union([attributesSchema, z.boolean()]).optional(),
    /** `true` for each value that must not be shown. */
    before_sensitive: z.union([attributesSchema, z.boolean()]).optional(),
    after_sensitive: z.union([attributesSchema, z.boolean()]).optional(),
    importing: z.object({ id: z.string().optional() }).nullish(),
  }),
});

const expressionSchema = z.object({
  constant_value: z.unknown().optional(),
  references: z.array(z.string()).optional(),
});

/**
 * The parts of `terraform show -json` that are read here. Terraform may add fields within a major version of the format.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
const planSchema = z.object({
  format_version: z.string().regex(/^1\./, "1.x"),
  timestamp: z.string().optional(),
  errored: z.boolean().default(false),
  resource_changes: z.array(resourceChangeSchema).default([]),
  /** What changed outside Terraform since the last apply. */
  resource_drift: z.array(resourceChangeSchema).default([]),
  configuration: z.object({
    provider_config: z.record(z.string(), z.object({ expressions: z.record(z.string(), z.unknown()).optional() })),
    root_module: z.object({
      resources: z
        .array(z.object({ address: z.string(), expressions: z.record(z.string(), z.unknown()).default({}) }))
        .default([]),
    }),
  }),
});

/** A plan of Terraform, as `terraform show -json` prints it. */
export type TerraformPlan = z.output<typeof planSchema>;

/** The change of one resource in a plan. */
export type ResourceChange = z.output<typeof resourceChangeSchema>;

/**
 * Reads the JSON of a plan.
 *
 * @param place the file or the program that the text is from, for errors
 * @throws CommandError when the text is no plan, or when Terraform could not finish the plan
 */
export function readPlan(text: string, place: string): TerraformPlan {
  const plan = planSchema.safeParse(jsonOf(text, place));
  if (!plan.success) {
    throw notAPlan(place, shapeProblem(plan.error, "the document"));
  }
  if (plan.data.errored) {
    throw new CommandError(
      EXIT.failed,
      `make a new plan: Terraform could not finish the plan in ${place}, so it does not have all changes`,
    );
  }
  return plan.data;
}

/** The resource that an argument of a resource refers to, such as `dbtcloud_job.attribution`; undefined when it is a value. */
export function referenceIn(plan: TerraformPlan, address: string, argument: string): string | undefined {
  const resource = plan.configuration.root_module.resources.find((one) => one.address === address);
  const expression = expressionSchema.safeParse(resource?.expressions[argument]);
  return expression.data?.references?.at(-1);
}

/** The value of an argument of the provider's configuration, such as `account_id`; undefined when it is not in the stack. */
export function providerSetting(plan: TerraformPlan, name: string): unknown {
  const settings = plan.configuration.provider_config["dbtcloud"]?.expressions;
  return expressionSchema.safeParse(settings?.[name]).data?.constant_value;
}

function jsonOf(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAPlan(place, "it is not JSON");
  }
}

function notAPlan(place: string, problem: string): CommandError {
  return new CommandError(EXIT.configuration, [
    `${place} is not a plan in JSON that Terraform 1 wrote; \`terraform show -json plan > plan.json\` writes one`,
    `  ${problem}`,
  ]);
}
