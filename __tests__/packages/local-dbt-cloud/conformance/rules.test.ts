import { Cloud } from "../../../../packages/local-dbt-cloud/conformance/cloud";
import { makeFakeProject, type FakeProject } from "../../../../packages/local-dbt-cloud/conformance/fake-project";
import { broken } from "../../../../packages/local-dbt-cloud/conformance/rule";
import { RULE_GROUPS } from "../../../../packages/local-dbt-cloud/conformance/rules";
import { SEED_ACCOUNT_ID } from "../../../../packages/local-dbt-cloud/seed";
import { TOKEN } from "../../../support/local-dbt-cloud";
import { localRuns, type LocalRuns } from "../../../support/local-runs";

let project: FakeProject;
let server: LocalRuns;
let cloud: Cloud;
beforeAll(async () => {
  project = makeFakeProject();
  server = localRuns(project.folder);
  const url = await server.app.listen({ host: "127.0.0.1", port: 0 });
  cloud = new Cloud({ url, token: TOKEN, accountId: SEED_ACCOUNT_ID });
});
afterAll(async () => {
  cloud.close();
  await server.close();
  project.remove();
});

describe.each(RULE_GROUPS)("the local dbt Cloud keeps the rules about $topic", ({ rules }) => {
  it.each(rules)("$id: $sentence", async (rule) => {
    expect(await broken(rule, cloud)).toBeUndefined();
  });
});

it("every rule has a unique id", () => {
  const ids = RULE_GROUPS.flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});
