import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { start, type StartingWorld } from "../start";
import { STORY_CLIENTS, type Client } from "./client";
import { install, NotInstalled } from "./installation";
import { outcomeLine } from "./outcome-line";
import { runStory, type Outcome } from "./story";
import { variablesFor } from "./variables";

const HELP = `clients: installs clients of dbt Cloud and uses a local dbt Cloud with each of them

Usage: npm run clients -- [options]

  --client <name>   only this client; can be repeated. One of
                    ${STORY_CLIENTS.map(({ name }) => name).join(", ")}
  --cache <folder>  the folder of the installed clients (default: local-dbt-cloud-clients in the temporary folder)
  --help            print this

The dbt in .venv runs the jobs of the stories. A client that this machine cannot have is one line, and no failure.

Exit codes: 0 no story failed, 1 a story failed, 64 wrong usage
`;

const EXIT = { ok: 0, failed: 1, usage: 64 } as const;
const STORY_SECONDS = 300;
const STORIES = join(__dirname, "stories");
const PROJECT_ID = 102;
const ENVIRONMENT_ID = 302;
const WORLD: StartingWorld = {
  projects: [
    {
      id: PROJECT_ID,
      name: "Marketing Analytics",
      environments: [{ id: ENVIRONMENT_ID, name: "production", deployment_type: "production" }],
    },
  ],
};

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

async function main(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "number") return options;
  const outcomes: Outcome[] = [];
  for (const client of options.clients) {
    const outcome = await outcomeOf(client, options.cache);
    outcomes.push(outcome);
    console.log(outcomeLine(client.name, outcome));
  }
  const missing = outcomes.filter((outcome) => outcome.missing !== undefined).length;
  const failed = outcomes.filter((outcome) => outcome.failed).length;
  console.log(`\n${outcomes.length - missing - failed} passed, ${failed} failed, ${missing} not on this machine`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

/** The clients, or the exit code when there is no story to run. */
function readOptions(argv: string[]): { clients: readonly Client[]; cache: string } | number {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        client: { type: "string", multiple: true },
        cache: { type: "string", default: join(tmpdir(), "local-dbt-cloud-clients") },
        help: { type: "boolean" },
      },
    });
    if (values.help) {
      console.log(HELP.trimEnd());
      return EXIT.ok;
    }
    const names = STORY_CLIENTS.map(({ name }) => name);
    const unknown = values.client?.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`--client must be one of ${names.join(", ")}, got ${unknown}`);
    const clients = STORY_CLIENTS.filter(({ name }) => values.client?.includes(name) ?? true);
    return { clients, cache: values.cache };
  } catch (error) {
    console.error(`${(error as Error).message}\n(add --help for the options)`);
    return EXIT.usage;
  }
}

/** Each client has a server and a working folder for itself, so that no story depends on another one. */
async function outcomeOf(client: Client, cache: string): Promise<Outcome> {
  let python: string;
  try {
    python = install(client, cache);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    return { version: null, passed: [], failed: undefined, missing: error.message };
  }
  const folder = mkdtempSync(join(tmpdir(), `${client.name}-story-`));
  const repo = join(__dirname, "..", "fixture");
  const server = await start({ repo, world: WORLD, options: client.isHttps ? ["--tls"] : [] });
  try {
    const env = {
      ...process.env,
      // Some clients keep a database in the home folder. The story of Terraform needs the user's configuration from it.
      ...(client.requirements.length > 0 && { HOME: folder }),
      ...variablesFor(client.name, { ...server, account_id: server.accountId, project_ids: [PROJECT_ID] }),
      STORY_URL: server.url,
      STORY_TOKEN: server.token,
      STORY_ACCOUNT_ID: String(server.accountId),
      STORY_PROJECT_ID: String(PROJECT_ID),
      STORY_ENVIRONMENT_ID: String(ENVIRONMENT_ID),
    };
    return await runStory(python, join(STORIES, client.story), { env, folder, seconds: STORY_SECONDS });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
