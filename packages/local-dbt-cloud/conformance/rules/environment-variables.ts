import type { Answer, Cloud } from "../cloud";
import { absent, contains, deleted, equal, integer, must, one, refused, text } from "../expectations";
import { newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

type Values = Readonly<Record<string, { readonly id: number; readonly value: string }>>;
type Variables = Readonly<Record<string, Values>>;

/** The environment variables of a project, as clients address them. */
class VariablesOf {
  private readonly path: string;

  constructor(
    private readonly cloud: Cloud,
    project: OwnProject,
  ) {
    this.path = `${project.path}/environment-variables`;
  }

  create(name: string, values: object): Promise<Answer> {
    return this.cloud.post(`${this.path}/bulk/`, { env_var: { new_name: name, ...values } });
  }

  change(name: string, values: object): Promise<Answer> {
    return this.cloud.send("PUT", `${this.path}/bulk/`, { body: { env_vars: { name, ...values } } });
  }

  remove(name: string): Promise<Answer> {
    return this.cloud.send("DELETE", `${this.path}/bulk/`, { body: { name } });
  }

  override(jobId: number, name: string, raw_value: string): Promise<Answer> {
    const body = { id: null, account_id: this.cloud.accountId, job_definition_id: jobId, name, raw_value, type: "job" };
    return this.cloud.post(`${this.path}/`, body);
  }

  one(id: number): string {
    return `${this.path}/${id}/`;
  }

  async all(): Promise<Variables> {
    const data: unknown = one(await this.cloud.get(`${this.path}/environment/`));
    return (data as { variables: Variables }).variables;
  }

  async ofJob(jobId: number): Promise<Variables> {
    return one(await this.cloud.get(`${this.path}/job/?job_definition_id=${jobId}`)) as unknown as Variables;
  }
}

const ENVIRONMENT = "Conformance";

export const environmentVariables = group("environment-variables", [
  rule(
    "none",
    "without variables, the answer has the environments' names, `project` first, and an empty map",
    async (cloud) => {
      const project = await newProject(cloud);
      const data: unknown = one(await cloud.get(`${project.path}/environment-variables/environment/`));
      equal(data, { environments: ["project", ENVIRONMENT], variables: {} }, "the data");
    },
  ),
  rule("create", "a variable has values by the names of environments, and no others", async (cloud) => {
    const variables = new VariablesOf(cloud, await newProject(cloud));
    contains(one(await variables.create("DBT_X", { project: "1", [ENVIRONMENT]: "2" })), {
      message: text,
      new_var_ids: [integer, integer],
    });
    await variables.create("DBT_Y", { [ENVIRONMENT]: "3" });
    contains(await variables.all(), {
      DBT_X: { project: { id: integer, value: "1" }, [ENVIRONMENT]: { id: integer, value: "2" } },
      DBT_Y: { project: absent, [ENVIRONMENT]: { value: "3" } },
    });
  }),
  rule("by-id", "an update names values by their ids, and an empty one removes its scope", async (cloud) => {
    const variables = new VariablesOf(cloud, await newProject(cloud));
    await variables.create("DBT_X", { project: "1", [ENVIRONMENT]: "2" });
    const before = (await variables.all())["DBT_X"]!;
    one(await variables.change("DBT_X", { [before["project"]!.id]: "", [before[ENVIRONMENT]!.id]: "3" }));
    contains(await variables.all(), {
      DBT_X: { project: absent, [ENVIRONMENT]: { id: before[ENVIRONMENT]!.id, value: "3" } },
    });
  }),
  rule("by-name", "an update names a scope that had no value by its environment", async (cloud) => {
    const variables = new VariablesOf(cloud, await newProject(cloud));
    await variables.create("DBT_X", { project: "1" });
    contains(one(await variables.change("DBT_X", { [ENVIRONMENT]: "2" })), { new_var_ids: [integer] });
    contains(await variables.all(), { DBT_X: { project: { value: "1" }, [ENVIRONMENT]: { value: "2" } } });
  }),
  rule("without-values", "a variable without values is gone", async (cloud) => {
    const variables = new VariablesOf(cloud, await newProject(cloud));
    await variables.create("DBT_X", { project: "1" });
    await variables.change("DBT_X", { [(await variables.all())["DBT_X"]!["project"]!.id]: "" });
    equal(await variables.all(), {}, "the variables");
  }),
  rule("delete", "a variable is deleted by its name in a body, with the values of jobs", async (cloud) => {
    const project = await newProject(cloud);
    const [variables, job] = [new VariablesOf(cloud, project), await project.newJob()];
    await variables.create("DBT_X", { project: "1" });
    await variables.override(job.id, "DBT_X", "2");
    deleted(await variables.remove("DBT_X"));
    equal([await variables.all(), await variables.ofJob(job.id)], [{}, {}], "what is left");
    equal((await variables.remove("DBT_X")).status, 404, "the status of a second time");
  }),
  rule("renamed", "values stay with an environment that is renamed, and are deleted with it", async (cloud) => {
    const project = await newProject(cloud);
    const variables = new VariablesOf(cloud, project);
    await variables.create("DBT_X", { project: "1", [ENVIRONMENT]: "2" });
    const environment = `${project.path}/environments/${project.environment.id}/`;
    await cloud.post(environment, { name: "Live" });
    contains(await variables.all(), { DBT_X: { [ENVIRONMENT]: absent, Live: { value: "2" } } });
    await cloud.delete(environment);
    contains(await variables.all(), { DBT_X: { project: { value: "1" }, Live: absent } });
  }),
  rule("secrets", "a value whose name begins with DBT_ENV_SECRET is never answered", async (cloud) => {
    const project = await newProject(cloud);
    const [variables, job] = [new VariablesOf(cloud, project), await project.newJob()];
    await variables.create("DBT_ENV_SECRET_X", { project: "hush-1" });
    await variables.override(job.id, "DBT_ENV_SECRET_X", "hush-2");
    const shown = JSON.stringify([await variables.all(), await variables.ofJob(job.id)]);
    must(shown.includes("DBT_ENV_SECRET_X"), "the name is not answered");
    must(!shown.includes("hush"), "an answer has the value");
  }),
  ...(
    [
      ["name", "a name that does not begin with DBT_", "PATH", { project: "/" }],
      ["scope", "a value for an environment that there is not", "DBT_X", { nowhere: "1" }],
      ["number", "a number for a value", "DBT_X", { project: 1 }],
      ["twice", "the name of another one", "DBT_KNOWN", { project: "1" }],
    ] as const
  ).map(([id, words, name, values]) =>
    rule(`refused-${id}`, `a new variable with ${words} is refused with 400`, async (cloud) => {
      const variables = new VariablesOf(cloud, await newProject(cloud));
      await variables.create("DBT_KNOWN", { project: "0" });
      refused(await variables.create(name, values), 400);
      contains(await variables.all(), { DBT_KNOWN: { project: { value: "0" } }, DBT_X: absent });
    }),
  ),
  rule(
    "change-refused",
    "an update of a missing variable is refused with 404, of a missing scope with 400",
    async (cloud) => {
      const variables = new VariablesOf(cloud, await newProject(cloud));
      refused(await variables.change("DBT_X", { project: "1" }), 404);
      await variables.create("DBT_X", { project: "0" });
      refused(await variables.change("DBT_X", { nowhere: "1" }), 400);
      refused(await variables.change("DBT_X", { 999999999: "1" }), 400);
    },
  ),
  rule("job-none", "a job without any variables has an empty map, never null", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await project.newJob();
    equal(await new VariablesOf(cloud, project).ofJob(id), {}, "the map");
  }),
  rule(
    "job-values",
    "a job's map has the values of project, environment and job, without missing ones",
    async (cloud) => {
      const project = await newProject(cloud);
      const [variables, job, other] = [new VariablesOf(cloud, project), await project.newJob(), await project.newJob()];
      await variables.create("DBT_X", { project: "1", [ENVIRONMENT]: "2" });
      await variables.override(job.id, "DBT_X", "3");
      contains(await variables.ofJob(job.id), {
        DBT_X: { project: { value: "1" }, environment: { value: "2" }, job: { id: integer, value: "3" } },
      });
      contains(await variables.ofJob(other.id), { DBT_X: { project: { value: "1" }, job: absent } });
      contains(await variables.all(), { DBT_X: { job: absent } });
    },
  ),
  rule("override-keys", "a job's own value is answered with its ids, name and type", async (cloud) => {
    const project = await newProject(cloud);
    const [variables, job] = [new VariablesOf(cloud, project), await project.newJob()];
    await variables.create("DBT_X", { project: "1" });
    contains(one(await variables.override(job.id, "DBT_X", "2")), {
      id: integer,
      account_id: cloud.accountId,
      project_id: project.id,
      job_definition_id: job.id,
      name: "DBT_X",
      type: "job",
      display_value: "2",
    });
  }),
  rule("override-change", "a job's own value is changed and deleted by its id", async (cloud) => {
    const project = await newProject(cloud);
    const [variables, job] = [new VariablesOf(cloud, project), await project.newJob()];
    await variables.create("DBT_X", { project: "1" });
    const { id } = one(await variables.override(job.id, "DBT_X", "2"));
    const body = { id, job_definition_id: job.id, name: "DBT_X", raw_value: "3", type: "job" };
    contains(one(await cloud.post(variables.one(id), body)), { id, display_value: "3" });
    contains(await variables.ofJob(job.id), { DBT_X: { job: { id, value: "3" } } });
    await cloud.delete(variables.one(id));
    contains(await variables.ofJob(job.id), { DBT_X: { project: { value: "1" }, job: absent } });
    equal((await cloud.delete(variables.one(id))).status, 404, "the status of a second time");
  }),
  rule(
    "override-refused",
    "a job's own value is refused without its job or variable, and the second time",
    async (cloud) => {
      const project = await newProject(cloud);
      const [variables, job] = [new VariablesOf(cloud, project), await project.newJob()];
      await variables.create("DBT_X", { project: "1" });
      refused(await variables.override(999_999_999, "DBT_X", "2"), 400);
      refused(await variables.override(job.id, "DBT_Y", "2"), 400);
      one(await variables.override(job.id, "DBT_X", "2"));
      refused(await variables.override(job.id, "DBT_X", "3"), 400);
    },
  ),
  rule("user", "the user's values are a map", async (cloud) => {
    const { path } = await newProject(cloud);
    equal(one(await cloud.get(`${path}/environment-variables/user/`)), {}, "the map");
  }),
]);
