import type { Command } from "commander";

/** The page about the commands that use dbt Cloud. */
export const BRANCH_PAGE = "docs/branch-jobs.md";

/** The commands that use no network. */
const OFFLINE = ["validate", "show", "schedule", "compare"];

/** The commands of the GitLab pipeline, with the environment variables that only they read. */
const PIPELINE: Readonly<Record<string, readonly string[]>> = {
  diff: ["ALLOW_DESTROY, CI_COMMIT_BRANCH"],
  guard: ["ALLOW_DESTROY, CI_COMMIT_BRANCH"],
  "diff-data": ["DBT_OPTIONAL_SOURCES"],
  note: ["GITLAB_NOTE_TOKEN, and those that GitLab sets"],
};

const EXIT_CODES = `Exit codes:
  0   success
  1   failure
  2   drift found differences; with --exit-code: pending changes, a failed last run or a missed SLA
  64  wrong usage
  78  wrong configuration`;

/** The end of the program's help: environment variables, exit codes and the page of the documentation. */
export const PROGRAM_HELP = `
Environment variables:
  DBTCLOUD_ACCOUNT_ID                     the dbt Cloud account
  DBTCLOUD_TOKEN                          a token that may edit jobs of the project
  DBTCLOUD_HOST_URL                       dbt Cloud's address (default: https://cloud.getdbt.com)
  PROJECT_ID, ENVIRONMENT_ID, TEAM_NAME   another project, environment or team than the env file's
  CI_COMMIT_REF_NAME, CI_COMMIT_REF_SLUG  the branch (default: git's current branch)
  GITLAB_USER_LOGIN                       the person (default: git's user.name)
  DBTCLOUD_READONLY                       1 blocks every write
  ALLOW_DESTROY                           keys of the jobs that a deploy with Terraform may delete
  GITLAB_NOTE_TOKEN                       a token that may write notes of merge requests
  ALERT_SMTP_URL, ALERT_EMAIL_FROM        the mail server and the sender of alerts
  GITLAB_ALERT_TOKEN                      a token that may write issues
  DBTCLOUD_WEBHOOK_SECRET                 the secret of a webhook of dbt Cloud
  DBTCLOUD_ALLOW_HTTP                     1 sends the token over plain http to another machine
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY       the proxy, and the hosts that need none
  NODE_EXTRA_CA_CERTS                     a PEM file with more certificate authorities

${EXIT_CODES}

Docs: ${BRANCH_PAGE}`;

/** The examples of a command, for its help. */
export function examples(...lines: readonly string[]): string {
  return ["\nExamples:", ...lines.map((line) => `  $ dbt-job-manager ${line}`)].join("\n");
}

/** The end of a command's help: environment variables, exit codes and the pages of the documentation. */
export function commandHelp(command: Command): string {
  return ["", variablesOf(command), "", EXIT_CODES, "", `Docs: ${pageOf(command)}, docs/json.md`].join("\n");
}

/** The environment variables that a command reads, for its help. */
function variablesOf(command: Command): string {
  const account = ["DBTCLOUD_ACCOUNT_ID, DBTCLOUD_TOKEN, DBTCLOUD_HOST_URL", "CI_COMMIT_REF_NAME, GITLAB_USER_LOGIN"];
  const own = PIPELINE[command.name()] ?? (isOffline(command) ? [] : account);
  const names = ["PROJECT_ID, ENVIRONMENT_ID, TEAM_NAME", ...own];
  return ["Environment variables (dbt-job-manager --help explains all):", ...names.map((line) => `  ${line}`)].join(
    "\n",
  );
}

function pageOf(command: Command): string {
  if (command.name() in PIPELINE) return "docs/gitlab-ci.md";
  if (command.name() === "import") return "docs/migration.md";
  if (command.name() === "alert") return "docs/alerts.md";
  if (command.name() === "usage") return "docs/usage.md";
  if (command.name() === "drift") return "docs/rename-and-adopt.md";
  if (command.name() === "mcp" || command.name() === "approve") return "docs/mcp.md";
  if (command.name() === "simulate") return "docs/simulation.md";
  return isOffline(command) ? "docs/env-files.md" : BRANCH_PAGE;
}

function isOffline(command: Command): boolean {
  return OFFLINE.includes(command.name());
}
