import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { systemClock } from "../../dbt-cloud/clock";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { attempt } from "../attempt";
import type { CommandDependencies } from "../commands/command";
import { EXIT } from "../exit-codes";
import { cleaner } from "../output/clean";
import type { Progress } from "../output/progress";
import { resultJson } from "../output/result-json";
import { version } from "../package.json";
import { TOOLS, type Tool } from "./tools";

/** The surroundings of the server. */
export interface ServerOptions {
  /** Reads the environment variables for one call. A local dbt Cloud can start again at another address. */
  readonly environment: () => Promise<ProcessEnvironment>;
  /** Whether dbt Cloud is the local one. */
  readonly isLocal: boolean;
}

const INSTRUCTIONS =
  "Tools for the dbt Cloud jobs of this project. All tools but apply only read. To change jobs: edit the env file, call plan, show " +
  "the plan and its hash to the person, and ask the person to run `dbt-job-manager approve HASH` in a terminal. Then call apply.";

const SILENT: Progress = {
  step: () => undefined,
  state: () => undefined,
  note: () => undefined,
  end: () => undefined,
};

/**
 * Serves the tools over stdin and stdout with the Model Context Protocol. It ends when the input ends. After the first SIGINT or
 * SIGTERM, it finishes the requests to dbt Cloud that it has sent.
 */
export async function serve(options: ServerOptions): Promise<void> {
  const server = new McpServer({ name: "dbt-job-manager", version }, { instructions: INSTRUCTIONS });
  const stop = new AbortController();
  for (const tool of TOOLS) {
    server.registerTool(
      tool.name,
      {
        description: tool.description,
        inputSchema: tool.input,
        annotations: { readOnlyHint: !tool.writes, destructiveHint: tool.writes, openWorldHint: false },
      },
      (input, { signal }) => answer(tool, input, options, AbortSignal.any([stop.signal, signal])),
    );
  }
  await server.connect(new StdioServerTransport());
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(EXIT.failed);
      stop.abort();
      void server.close();
    });
  }
}

/** The result of a command as JSON, in the same shape as with `--json`, and without secrets. */
async function answer(
  { writes, call }: Tool,
  input: Parameters<Tool["call"]>[0],
  { environment, isLocal }: ServerOptions,
  stop: AbortSignal,
): Promise<CallToolResult> {
  let env: ProcessEnvironment = {};
  try {
    const result = await attempt(async () => {
      env = await environment();
      return call(input, dependenciesOf(writes ? env : { ...env, DBTCLOUD_READONLY: "1" }, isLocal, stop));
    });
    const isError = result.exitCode !== EXIT.ok && result.exitCode !== EXIT.onRequest;
    return {
      content: [{ type: "text", text: cleaner(env, false)(JSON.stringify(resultJson(result), null, 2)) }],
      isError,
    };
  } catch (error) {
    // A fault of the program must not end the server, and its stack is of no use to an agent.
    const text = `a fault of dbt-job-manager: ${error instanceof Error ? error.message : String(error)}`;
    return { content: [{ type: "text", text: cleaner(env, false)(text) }], isError: true };
  }
}

function dependenciesOf(env: ProcessEnvironment, isLocal: boolean, stop: AbortSignal): CommandDependencies {
  return {
    env,
    isLocal,
    stop,
    now: systemClock.now(),
    colors: false,
    width: undefined,
    progress: SILENT,
    write: () => undefined,
    log: () => undefined,
    folder: process.cwd(),
    clock: systemClock,
    random: Math.random,
  };
}
