import { parseArgs } from "node:util";
import { CLIENTS, exportLines, HTTPS_CLIENTS, variablesFor } from "./clients/variables";
import type { ReadyLine } from "./ready-line";
import { registryFolder, runningServers } from "./registry";

const HELP = `local-dbt-cloud env: the variables with which a client uses the local dbt Cloud that runs

Usage: eval "$(local-dbt-cloud env --for <client>)"

  --for <client>  one of ${CLIENTS.join(", ")}
  --url <url>     the address of the server, if several run
  --json          print one JSON object in place of exports
  --help          print this
`;

/**
 * The command `env`. It prints the variables on standard output.
 *
 * @throws Error when no server fits, or an option is wrong
 */
export function printVariables(argv: string[], env: Readonly<Record<string, string | undefined>>): void {
  const { values } = parseArgs({
    args: argv,
    options: {
      for: { type: "string" },
      url: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP.trimEnd());
    return;
  }
  const { for: client } = values;
  if (client === undefined || !CLIENTS.includes(client)) {
    throw new Error(`--for must be one of ${CLIENTS.join(", ")}, got ${client ?? "nothing"}`);
  }
  const server = onlyServer(runningServers(registryFolder(env)), values.url);
  if (HTTPS_CLIENTS.includes(client) && server.certificate === null) {
    console.error(`${client} always uses https. Start the local dbt Cloud with --tls for it.`);
  }
  const variables = variablesFor(client, server);
  console.log(values.json ? JSON.stringify(variables) : exportLines(variables));
}

function onlyServer(servers: readonly ReadyLine[], url: string | undefined): ReadyLine {
  const fitting = servers.filter((server) => url === undefined || server.url === url.replace(/\/$/, ""));
  const [server] = fitting;
  if (fitting.length === 1) return server!;
  const running = servers.map((other) => `  ${other.url} (process ${other.pid}, ${other.repo})`).join("\n");
  if (servers.length === 0) throw new Error("No local dbt Cloud runs. Start one: npx local-dbt-cloud --seed");
  throw new Error(
    server ? `Several run. Choose one with --url:\n${running}` : `None runs at ${url}. These run:\n${running}`,
  );
}
