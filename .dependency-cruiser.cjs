const FOLDERS = "^(main\\.ts|constructs|src|benchmarks|packages|__tests__)";

/** `from` may import only what `may` names, of our own folders. */
const only = (from, may, comment) => ({
  name: `imports-of-${from.replace(/^src\//, "")}`,
  comment,
  severity: "error",
  from: { path: `^${from}/` },
  to: { path: FOLDERS, pathNot: [`^${from}/`, ...may.map((folder) => `^${folder}/`)] },
});

/** Only `home` may import the packages. */
const homeOf = (packages, home, comment) => ({
  name: `home-of-${packages.split("|")[0].replace(/\W/g, "")}`,
  comment,
  severity: "error",
  from: { path: FOLDERS, pathNot: [...home, "^__tests__/", "^benchmarks/"] },
  to: { path: `node_modules/(${packages})/|^(${packages})$` },
});

/** Who may import whom: data flows from env files to constructs and to the API, never back. */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "nobody-imports-the-program",
      severity: "error",
      from: {},
      to: { path: "^main\\.ts$" },
    },
    {
      name: "imports-of-main",
      severity: "error",
      from: { path: "^main\\.ts$" },
      to: { path: FOLDERS, pathNot: ["^constructs/", "^src/env-files/"] },
    },
    only("src/jobs", [], "What a job is depends on nothing."),
    only("src/git", [], "The history of the repository."),
    only("src/env-files", ["src/jobs", "src/git"], "The only reader of YAML knows jobs, not where they go."),
    only("src/dbt-cloud", ["src/jobs"], "The API side and the Terraform side never meet."),
    only(
      "src/adoption",
      ["src/jobs", "src/env-files", "src/dbt-cloud"],
      "Jobs of other places become jobs of env files.",
    ),
    only("src/data-diff", ["src/git", "src/jobs"], "Builds the dbt project twice and compares the marts."),
    only(
      "src/simulation",
      ["src/jobs"],
      "Simulates schedules, queues and deadlines; it knows neither files nor dbt Cloud.",
    ),
    only("src/delivery", [], "Sends messages: e-mail, Slack, and requests that are repeated."),
    only("src/gitlab", ["src/delivery"], "GitLab's API, for the note of a merge request and the issues of alerts."),
    only("constructs", ["src/env-files", "src/jobs", "packages/provider-dbtcloud"], "The Terraform side."),
    only(
      "src/job-manager",
      [
        "src/jobs",
        "src/env-files",
        "src/dbt-cloud",
        "src/adoption",
        "src/data-diff",
        "src/delivery",
        "src/gitlab",
        "src/html",
        "src/simulation",
      ],
      "The command line reads plans of Terraform as data, and never makes one.",
    ),
    only(
      "src/rehearsal",
      ["src/jobs", "src/env-files", "src/dbt-cloud", "src/data-diff", "packages/local-dbt-cloud"],
      "Brings the declared jobs to a local dbt Cloud as every other client does.",
    ),
    {
      name: "rehearsals-start-the-local-dbt-cloud",
      comment: "They talk to it over HTTP, as to the real one.",
      severity: "error",
      from: { path: "^src/rehearsal/" },
      to: { path: "^packages/local-dbt-cloud/", pathNot: "^packages/local-dbt-cloud/start\\.ts$" },
    },
    only("src/html", ["src/jobs"], "Escapes the values of a page."),
    only("src/dashboard", ["src/jobs", "src/html"], "Reads the warehouse through dbt alone."),
    only("src/python", [], "Makes .venv, before anything else can run."),
    only("packages/provider-dbtcloud", [], "Stands alone."),
    only(
      "packages/local-dbt-cloud",
      [],
      "Shares no schema with the client, so that a shared mistake cannot agree with itself.",
    ),
    {
      name: "constructs-take-types-of-env-files",
      comment: "Constructs are handed definitions; reading files is not their business.",
      severity: "error",
      from: { path: "^constructs/" },
      to: { path: "^src/env-files/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "commands-are-entered-from-main",
      comment: "A capability never imports a command, nor a command another one. The tools of agents are commands.",
      severity: "error",
      from: {
        path: "^src/job-manager/",
        pathNot: "^src/job-manager/(main|program|[a-z-]+-commands?|agent/tools)\\.ts$",
      },
      to: { path: "^src/job-manager/commands/", pathNot: "^src/job-manager/commands/command\\.ts$" },
    },
    homeOf(
      "cdktf|constructs|@cdktf/provider-dbtcloud",
      ["^constructs/", "^main\\.ts$", "^packages/provider-dbtcloud/"],
      "Terraform lives in constructs/.",
    ),
    homeOf(
      "yaml",
      ["^src/env-files/", "^src/adoption/jobs-as-code\\.ts$", "^packages/local-dbt-cloud/conformance/openapi/"],
      "src/env-files/ is the only reader of our YAML.",
    ),
    homeOf(
      "zod",
      [
        "^src/jobs/",
        "^src/env-files/",
        "^src/dbt-cloud/",
        "^src/adoption/",
        "^src/data-diff/",
        "^src/gitlab/",
        "^src/dashboard/",
        "^src/job-manager/(agent/(approvals|tools)|alerts/state|branch-jobs/mark|local-cloud|run-history/(history|past-runs|results)|terraform-plan/plan-file|selectors/(dbt-project|resolve)|output/([a-z]+-schema|result-schemas|schema-fields|json-page))\\.ts$",
        "^src/rehearsal/",
        "^packages/local-dbt-cloud/",
      ],
      "Text becomes a typed value at the border.",
    ),
    homeOf(
      "commander|string-width|cronstrue|picocolors",
      ["^src/job-manager/"],
      "The command line lives in src/job-manager/.",
    ),
    {
      name: "jobs-and-payloads-are-pure",
      comment: "No I/O: what a job is can be asked anywhere.",
      severity: "error",
      from: { path: "^src/(jobs|simulation|dbt-cloud/job-payload)" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "only-dbt-cloud-calls-http",
      severity: "error",
      from: {
        path: FOLDERS,
        pathNot: ["^src/dbt-cloud/", "^packages/local-dbt-cloud/", "^__tests__/", "^benchmarks/"],
      },
      to: { path: "^(node:)?https?2?$|node_modules/(undici|got|axios|ky)/" },
    },
    homeOf("nodemailer", ["^src/delivery/"], "Messages are sent in one place."),
    homeOf("hono", ["^src/html/", "^packages/local-dbt-cloud/"], "Programs that write pages escape HTML with it."),
    homeOf("@modelcontextprotocol/sdk", ["^src/job-manager/agent/server\\.ts$"], "One server for agents."),
    homeOf("echarts", ["^src/dashboard/"], "Charts are drawn for the dashboard."),
    homeOf("croner|fastest-levenshtein", ["^src/jobs/", "^packages/local-dbt-cloud/"], "Schedules live in src/jobs/."),
    {
      name: "not-to-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules|packages/provider-dbtcloud/lib" },
    exclude: {
      path: "^(dist|cdktf\\.out|\\.gitlab-ci-local|\\.npm|\\.venv|site/|node_modules/.*/node_modules|packages/provider-dbtcloud/(lib|src-generated)/)",
    },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
