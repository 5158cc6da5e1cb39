import type { Cloud, Data } from "./cloud";
import { one } from "./expectations";

/** A project for one check. */
export interface OwnProject {
  readonly id: number;
  /** Its address, without a slash at the end. */
  readonly path: string;
  readonly environment: Data;
  /** The body of a job in it, with the required fields only. */
  readonly job: (more?: object) => Readonly<Record<string, unknown>>;
  /** Creates a job in it. */
  readonly newJob: (more?: object) => Promise<Data>;
  /** Creates another environment in it. */
  readonly newEnvironment: (more?: object) => Promise<Data>;
}

const NAME = "Conformance";

/** Makes a project with an environment. The check deletes it with everything in it. */
export async function newProject(cloud: Cloud): Promise<OwnProject> {
  const { id } = one(await cloud.post(`${cloud.v3}/projects/`, { name: NAME, account_id: cloud.accountId }));
  const path = `${cloud.v3}/projects/${id}`;
  cloud.remember(`${path}/`);
  const newEnvironment = async (more: object = {}): Promise<Data> => {
    const body = { account_id: cloud.accountId, project_id: id, name: NAME, type: "deployment", dbt_version: "latest" };
    return one(await cloud.post(`${path}/environments/`, { ...body, ...more }));
  };
  const environment = await newEnvironment();
  const job: OwnProject["job"] = (more = {}) => ({
    account_id: cloud.accountId,
    project_id: id,
    environment_id: environment.id,
    name: NAME,
    execute_steps: ["dbt build"],
    ...more,
  });
  return {
    id,
    path,
    environment,
    job,
    newJob: async (more) => one(await cloud.post(`${cloud.v2}/jobs/`, job(more))),
    newEnvironment,
  };
}

/** Makes a connection of the account. The check deletes it. */
export async function newConnection(cloud: Cloud, more: object = {}): Promise<Data> {
  const config = { hostname: "redshift.example.com", port: 5439, dbname: "marketing" };
  const body = { account_id: cloud.accountId, name: NAME, adapter_version: "redshift_v0", config, ...more };
  const connection = one(await cloud.post(`${cloud.v3}/connections/`, body));
  cloud.remember(`${cloud.v3}/connections/${connection.id}/`);
  return connection;
}
