import { connectionsOf } from "../../../../packages/local-dbt-cloud/resources/connections/connections";
import { encryptionsOf } from "../../../../packages/local-dbt-cloud/resources/encryptions/encryptions";
import { repositoriesOf } from "../../../../packages/local-dbt-cloud/resources/repositories/repositories";
import { localDbtCloud, V2, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const OWN = { account_id: 12345, created_at: "", updated_at: "" };

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

describe("a state that an earlier version wrote", () => {
  it("has repositories without a deploy key, which get one when they change", async () => {
    const fields = { remote_url: "git@example.com:o/r.git", git_clone_strategy: "deploy_key" } as const;
    const links = { github_installation_id: null, private_link_endpoint_id: null, pull_request_url_template: null };
    repositoriesOf(cloud.world).put({ ...OWN, ...fields, ...links, id: 1, project_id: 102, state: 1 });
    const url = `${V3}/projects/102/repositories/1/`;
    expect(await cloud.send("GET", url)).toMatchObject({ code: 200, body: { data: { deploy_key: null } } });
    const changed = await cloud.send("POST", url, fields);
    const public_key = expect.stringMatching(/^ssh-ed25519 AAAA/) as string;
    expect(changed.body.data).toMatchObject({ deploy_key: { id: 1, public_key }, deploy_key_id: 1 });
  });

  it("has connections without the nullable keys, and tunnels without a public key", async () => {
    const fields = { name: "c", private_link_endpoint_id: null, oauth_configuration_id: null };
    const config = { hostname: "h" };
    const own = { adapter_version: "bigquery_v0", is_ssh_tunnel_enabled: true, config } as const;
    connectionsOf(cloud.world).put({ ...OWN, ...fields, ...own, id: 1 });
    expect((await cloud.send("GET", `${V3}/connections/1/`)).body.data).toMatchObject({
      config: { hostname: "h", priority: null, gcs_bucket: null },
    });
    const tunnel = { connection_id: 1, username: "u", port: 22, hostname: "t", public_key: "" };
    encryptionsOf(cloud.world).put({ ...OWN, ...tunnel, id: 1, state: 1 });
    const changed = await cloud.send("POST", `${V2}/encryptions/1/`, { port: 2222 });
    expect(changed.body.data).toMatchObject({ port: 2222, public_key: expect.stringMatching(/^ssh-/) as string });
  });

  it("has no users, groups or tokens, and the account has its defaults", async () => {
    const names = async (list: string): Promise<unknown> => (await cloud.send("GET", `${V3}/${list}/`)).body.data;
    expect(await names("groups")).toMatchObject([{ name: "Owner" }, { name: "Member" }, { name: "Everyone" }]);
    expect(await names("users")).toMatchObject([{ id: 1, permissions: [{ groups: [{ id: 1 }, { id: 3 }] }] }]);
    expect(await names("service-tokens")).toEqual([]);
  });
});
