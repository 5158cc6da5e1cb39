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
  connection: connectionSchema.meta({ description: "The Redshift connection to make." }),
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
    .meta({ description: "What dbt Cloud takes the environment for, when it defers and documents." }),
  dbt_version: dbtVersionSchema.default("latest").meta({ description: "The release track. Default: latest." }),
  credential: credentialSchema.meta({ description: "Who dbt signs in as at the warehouse." }),
  connection: z
    .strictObject({ id: idSchema.meta({ description: "The connection's id in dbt Cloud." }) })
    .optional()
    .meta({ description: "An existing connection. Default: that of the managed project." }),
  extended_attributes: z
    .record(z.string().check(refusing(refuseSecretAttribute)), z.json())
    .optional()
    .meta({ description: "Connection settings that dbt Cloud merges over its own." }),
});

/** Where dbt Cloud keeps the project: another team's by id, or one of our own. */
const projectSchema = z.union(
  [
    z.strictObject({ id: idSchema.meta({ description: "The id of a project that is there already." }) }),
    z.strictObject({ managed: managedProjectSchema.meta({ description: "A project of our own, made by Terraform." }) }),
  ],
  { error: "one of { id: NUMBER } or { managed: { … } }" },
);

/** The deployment environment: another team's by id, or one of our own. */
const deploymentEnvironmentSchema = z.union(
  [
    z.strictObject({ id: idSchema.meta({ description: "The id of an environment that is there already." }) }),
    z.strictObject({
      managed: managedEnvironmentSchema.meta({ description: "An environment of our own, made by Terraform." }),
    }),
  ],
  { error: "one of { id: NUMBER } or { managed: { … } }" },
);

/** What a job takes over from the file when it does not say it itself. */
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
    description: "The environment's name: the end of each job's name, and the Terraform stack.",
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
    description: "The team's name: the start of each job's name.",
    examples: ["marketing-team"],
  }),
  timezone: z
    .string()
    .refine(isTimeZone, "a name of the IANA time zone database, such as Europe/Berlin")
    .default("UTC")
    .meta({ description: "For display only: dbt Cloud fires in UTC. Default: UTC." }),
  project: projectSchema.meta({
    description: "The dbt Cloud project: another team's by id, or one of our own.",
    examples: [{ id: 102 }],
  }),
  environment: deploymentEnvironmentSchema.meta({
    description: "The deployment environment: another team's by id, or one of our own.",
    examples: [{ id: 302 }],
  }),
  environment_variables: environmentVariablesSchema.meta({
    description: "This environment's values of the project's environment variables. Default: none.",
    examples: [{ DBT_ATTRIBUTION_WINDOW_DAYS: "30" }],
  }),
  defaults: defaultsSchema
    .default({})
    .meta({ description: "What the jobs below take over when they do not say it themselves." }),
  notifications: z
    .array(notificationSchema)
    .default([])
    .meta({ description: "Who is told about every job of this file. Default: nobody." }),
  jobs: z.record(jobKeySchema, jobSchema).meta({ description: "The jobs, by key." }),
});

/** What we want of an environment: an env file, checked, with every default in each job. */
export type EnvironmentDefinition = Omit<z.output<typeof environmentSchema>, "defaults">;

/** A project of our own. */
export type ManagedProjectDefinition = z.output<typeof managedProjectSchema>;

/** A deployment environment of our own. */
export type ManagedEnvironmentDefinition = z.output<typeof managedEnvironmentSchema>;

/** A job's value without its default: what the file does not say, the job or its default says. */
function takenOver<T extends z.ZodType>(field: z.ZodDefault<T>): z.ZodOptional<T> {
  const { description, ...rest } = field.meta() ?? {};
  const meta = { ...rest, description: description?.replace(/ Default: .*$/, "") };
  return field.unwrap().optional().meta(meta);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** dbt Cloud renders `env_var` in extended attributes, so that a secret need not stand there. */
function refuseSecretAttribute(name: string): Refusal | undefined {
  if (!SECRET_NAME.test(name)) return undefined;
  return {
    reason: "a secret must not stand in a file",
    allowed: "names that do not speak of a secret, password, token or key",
    fix: "set the attribute in dbt Cloud by hand, with env_var('DBT_ENV_SECRET_…') as its value",
  };
}

function refuseCredentials(url: string): Refusal | undefined {
  if (!/^https?:\/\/[^/]*@|^[a-z+]+:\/\/[^/]*:[^/]*@/i.test(url)) return undefined;
  return {
    reason: "a password or token must not stand in a URL",
    allowed: "a URL without credentials",
    fix: "remove what stands between :// and @; dbt Cloud signs in by git_clone_strategy",
  };
}
