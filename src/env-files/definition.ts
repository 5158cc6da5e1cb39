import { z } from "zod";
import {
  dbtVersionSchema,
  environmentVariablesSchema,
  idSchema,
  jobKeySchema,
  jobSchema,
  notificationSchema,
  textSchema,
} from "../jobs/definition";
import { refusing, type Refusal } from "../jobs/refusal";
import { SECRET_NAME } from "../jobs/secret-name";
import { timeZoneSchema } from "../jobs/time-zone";
import { alertRouteSchema } from "./alert-routes";

/** Lower case words joined by single hyphens, as in job names and Terraform addresses. */
const slugSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
    "lower case letters and digits, words joined by single hyphens, starting with a letter",
  );

const connectionSchema = z.strictObject({
  name: textSchema.meta({ description: "The connection's name in dbt Cloud." }),
  hostname: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, "a host name without protocol, port or path")
    .meta({
      description: "The Redshift host, without port.",
      examples: ["analytics.example.eu-west-1.redshift.amazonaws.com"],
    }),
  port: z.int().min(1).max(65_535).default(5439).meta({ description: "Default: 5439." }),
  dbname: textSchema.meta({ description: "The Redshift database." }),
});

const repositorySchema = z.strictObject({
  remote_url: z
    .string()
    .regex(/^(?:[\w.-]+@[\w.-]+:|(?:https?|ssh|git):\/\/)\S+$/, "git@host:path or https://host/path")
    .check(refusing(refuseCredentials))
    .meta({
      description: "Where dbt Cloud clones the project from.",
      examples: ["git@gitlab.example.com:marketing/dbt-marketing-analytics-team.git"],
    }),
  git_clone_strategy: z
    .enum(["deploy_key", "deploy_token", "github_app", "git_token"])
    .default("deploy_key")
    .meta({ description: "How dbt Cloud signs in to git. Default: deploy_key." }),
  gitlab_project_id: idSchema
    .optional()
    .meta({ description: "Needed with deploy_token: the project's number in GitLab." }),
  github_installation_id: idSchema
    .optional()
    .meta({ description: "Needed with github_app: the installation's number in GitHub." }),
});

const managedProjectSchema = z.strictObject({
  name: textSchema.meta({ description: "The project's name in dbt Cloud." }),
  description: z.string().default("").meta({ description: "Default: empty." }),
  dbt_project_subdirectory: z
    .string()
    .regex(
      /^(?!.*(?:\.\/|~\/))[^/#%&{}<>*?$!'":@\s](?:[^#%&{}<>*?$!'":@\s]*[^/#%&{}<>*?$!'":@\s])?$/,
      "a path without slash at its ends, ./ or special characters",
    )
    .default("dbt")
    .meta({ description: "The folder of dbt_project.yml in the repository. Default: dbt." }),
  repository: repositorySchema.meta({ description: "The git repository to link." }),
  connection: connectionSchema.meta({ description: "The Redshift connection that Terraform creates." }),
});

const credentialSchema = z.strictObject({
  username: textSchema.meta({
    description: "The Redshift user. Its password comes from TF_VAR_redshift_password and is never stored.",
  }),
  default_schema: z
    .string()
    .regex(/^\w+$/, "letters, digits and underscores")
    .meta({ description: "The schema that dbt builds into.", examples: ["marketing"] }),
  threads: z.int().min(1).max(64).default(4).meta({ description: "Default: 4." }),
  password_version: z.int().min(1).default(1).meta({ description: "Raise it to send a new password. Default: 1." }),
});

const managedEnvironmentSchema = z.strictObject({
  name: textSchema
    .refine((name) => name !== "project", 'any name but "project", which means all environments to dbt Cloud')
    .meta({ description: "The environment's name in dbt Cloud." }),
  deployment_type: z
    .enum(["production", "staging"])
    .meta({ description: "How dbt Cloud treats the environment for deferral and documentation." }),
  dbt_version: dbtVersionSchema.default("latest").meta({ description: "The release track. Default: latest." }),
  credential: credentialSchema.meta({ description: "The warehouse user of dbt." }),
  connection: z
    .strictObject({ id: idSchema.meta({ description: "The connection's id in dbt Cloud." }) })
    .optional()
    .meta({ description: "An existing connection. Default: the connection of the managed project." }),
  extended_attributes: z
    .record(z.string().check(refusing(refuseSecretAttribute)), z.json())
    .optional()
    .meta({ description: "Connection settings that override those of dbt Cloud." }),
});

/** The dbt Cloud project: an existing one by id, or one that this file manages. */
const projectSchema = z.union(
  [
    z.strictObject({ id: idSchema.meta({ description: "The id of an existing project." }) }),
    z.strictObject({ managed: managedProjectSchema.meta({ description: "A project that Terraform creates." }) }),
  ],
  { error: "one of { id: NUMBER } or { managed: { … } }" },
);

/** The deployment environment: an existing one by id, or one that this file manages. */
const deploymentEnvironmentSchema = z.union(
  [
    z.strictObject({ id: idSchema.meta({ description: "The id of an existing environment." }) }),
    z.strictObject({
      managed: managedEnvironmentSchema.meta({ description: "An environment that Terraform creates." }),
    }),
  ],
  { error: "one of { id: NUMBER } or { managed: { … } }" },
);

/** The values of a file that its jobs take over unless they set their own. */
export const defaultsSchema = z.strictObject({
  owner: jobSchema.shape.owner.optional(),
  target_name: takenOver(jobSchema.shape.target_name),
  threads: takenOver(jobSchema.shape.threads),
  timeout_seconds: takenOver(jobSchema.shape.timeout_seconds),
  dbt_version: jobSchema.shape.dbt_version,
  generate_docs: takenOver(jobSchema.shape.generate_docs),
  run_generate_sources: takenOver(jobSchema.shape.run_generate_sources),
  defer_to: jobSchema.shape.defer_to,
});

/** One env file: an environment of dbt Cloud and the jobs that run in it. */
export const environmentSchema = z.strictObject({
  name: slugSchema.meta({
    description: "The environment's name. Each job's name ends with it, and the Terraform stack has it.",
    examples: ["production"],
  }),
  applied_by: z.enum(["terraform", "api"]).meta({
    description:
      "How the jobs reach dbt Cloud: by Terraform when a branch is merged, or by the API from feature branches.",
  }),
  git_branch: textSchema.optional().meta({
    description: "The branch whose merges apply this file. Needed with Terraform.",
    examples: ["production"],
  }),
  team: slugSchema.meta({
    description: "The team's name. Each job's name starts with it.",
    examples: ["marketing-team"],
  }),
  timezone: timeZoneSchema.default("UTC").meta({
    description: "The team's time zone, for display and for `sla`. Schedules stay in UTC. Default: UTC.",
  }),
  project: projectSchema.meta({
    description: "The dbt Cloud project: an existing one by id, or one that this file manages.",
    examples: [{ id: 102 }],
  }),
  environment: deploymentEnvironmentSchema.meta({
    description: "The deployment environment: an existing one by id, or one that this file manages.",
    examples: [{ id: 302 }],
  }),
  environment_variables: environmentVariablesSchema.meta({
    description: "Values of the project's environment variables in this environment. Default: none.",
    examples: [{ DBT_ATTRIBUTION_WINDOW_DAYS: "30" }],
  }),
  defaults: defaultsSchema
    .default({})
    .meta({ description: "Values that the jobs below take over unless they set their own." }),
  notifications: z
    .array(notificationSchema)
    .default([])
    .meta({ description: "Notifications of every job of this file. Default: none." }),
  alerts: z
    .array(alertRouteSchema)
    .default([])
    .meta({ description: "The receivers of `dbt-job-manager alert`. It changes nothing in dbt Cloud. Default: none." }),
  jobs: z.record(jobKeySchema, jobSchema).meta({ description: "The jobs, by key." }),
});

/** An env file after all checks, with every default in each job. */
export type EnvironmentDefinition = Omit<z.output<typeof environmentSchema>, "defaults">;

/** A project that Terraform manages. */
export type ManagedProjectDefinition = z.output<typeof managedProjectSchema>;

/** A deployment environment that Terraform manages. */
export type ManagedEnvironmentDefinition = z.output<typeof managedEnvironmentSchema>;

/** A job's value without its default, which the job applies itself. */
function takenOver<T extends z.ZodType>(field: z.ZodDefault<T>): z.ZodOptional<T> {
  const { description, ...rest } = field.meta() ?? {};
  const meta = { ...rest, description: description?.replace(/ Default: .*$/, "") };
  return field.unwrap().optional().meta(meta);
}

/** dbt Cloud renders `env_var` in extended attributes, so a secret never has to be in the file. */
function refuseSecretAttribute(name: string): Refusal | undefined {
  if (!SECRET_NAME.test(name)) return undefined;
  return {
    reason: "a secret must not be in a file",
    allowed: "names without secret, password, token or key in them",
    fix: "set the attribute in dbt Cloud by hand, with env_var('DBT_ENV_SECRET_…') as its value",
  };
}

function refuseCredentials(url: string): Refusal | undefined {
  if (!/^https?:\/\/[^/]*@|^[a-z+]+:\/\/[^/]*:[^/]*@/i.test(url)) return undefined;
  return {
    reason: "a password or token must not be in a URL",
    allowed: "a URL without credentials",
    fix: "remove the part between :// and @; dbt Cloud signs in by git_clone_strategy",
  };
}
