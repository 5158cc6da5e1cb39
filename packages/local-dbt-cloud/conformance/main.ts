import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Cloud, type Address } from "./cloud";
import { start } from "../start";
import { makeFakeProject } from "./fake-project";
import { checkAnswers } from "./openapi/check";
import { readDocuments, type Document } from "./openapi/document";
import { operationsTable } from "./openapi/routes-table";
import { ownRoutes } from "./own-routes";
import { Report } from "./report";
import { broken, type RuleGroup } from "./rule";
import { RULE_GROUPS } from "./rules";

const HELP = `conformance: checks over HTTP that a dbt Cloud behaves as its clients expect

Usage: npm run conformance -- [options]

  --rules <text>    check only rules with an id that matches this regular expression, such as ^jobs or paging.limit
  --openapi <path>  compare every answer with the schemas of this OpenAPI document, or of all documents in this
                    folder; can be repeated
  --table <file>    write a Markdown table of the operations of --openapi, with and without a route, and check nothing
  --url <url>       check this dbt Cloud, without /api, instead of a new local one. The program creates
                    objects in the account and deletes them. It skips rules that start jobs
  --account <id>    the account's id for --url
  --token <token>   the token for --url; the variable DBT_CLOUD_TOKEN is safer
  --help            print this

Exit codes: 0 all rules hold, 1 a rule does not hold, 64 wrong usage
`;

const EXIT = { ok: 0, failed: 1, usage: 64 } as const;

interface Options {
  readonly groups: readonly RuleGroup[];
  readonly documents: readonly Document[] | undefined;
  /** Whether all rules are checked, so that every accepted difference must occur. */
  readonly isWhole: boolean;
  readonly address: Address | undefined;
  /** The file of the table of operations; undefined checks the rules. */
  readonly table: string | undefined;
}

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

async function main(argv: string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(argv);
  } catch (error) {
    console.error(`${(error as Error).message}\n(add --help for the options)`);
    return EXIT.usage;
  }
  if (options?.table !== undefined) {
    writeFileSync(options.table, operationsTable(options.documents!, await ownRoutes()));
    return EXIT.ok;
  }
  if (options) return check(options);
  console.log(HELP.trimEnd());
  return EXIT.ok;
}

/** The options; undefined for --help. */
function readOptions(argv: string[]): Options | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      rules: { type: "string" },
      openapi: { type: "string", multiple: true },
      table: { type: "string" },
      url: { type: "string" },
      account: { type: "string" },
      token: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const pattern = new RegExp(values.rules ?? "");
  const address = addressOf(values.url, values.account, values.token ?? process.env["DBT_CLOUD_TOKEN"]);
  const groups = RULE_GROUPS.map(({ topic, rules }) => ({ topic, rules: rules.filter(({ id }) => pattern.test(id)) }));
  if (groups.every(({ rules }) => rules.length === 0)) throw new Error(`no rule's id matches ${values.rules}`);
  const isWhole = values.rules === undefined && address === undefined;
  if (values.table !== undefined && !values.openapi) throw new Error("--table needs --openapi");
  const documents = values.openapi && readDocuments(values.openapi);
  return { groups, documents, isWhole, address, table: values.table };
}

function addressOf(
  url: string | undefined,
  account: string | undefined,
  token: string | undefined,
): Address | undefined {
  if (url === undefined) return undefined;
  if (!/^https?:\/\/[^/]+\/?$/.test(url)) throw new Error(`--url must be like https://cloud.getdbt.com, got ${url}`);
  if (!/^\d+$/.test(account ?? "")) throw new Error(`--url needs --account with a number, got ${account}`);
  if (token === undefined) throw new Error("--url needs a token: set DBT_CLOUD_TOKEN, or give --token");
  return { url: url.replace(/\/$/, ""), accountId: Number(account), token };
}

async function check({ groups, documents, isWhole, address }: Options): Promise<number> {
  const project = makeFakeProject();
  const server = address ? undefined : await start({ repo: project.folder });
  const cloud = new Cloud(address ?? server!);
  const report = new Report();
  try {
    for (const { topic, rules } of groups) {
      report.begin(topic, rules.length);
      for (const rule of rules) {
        if (address && rule.startsJobs) report.skip(rule);
        else report.add(rule, await broken(rule, cloud));
      }
    }
    if (documents) report.addAnswers(checkAnswers(cloud.answers, documents), isWhole);
    else report.note("openapi: skipped, because --openapi names no document");
    return report.end() ? EXIT.ok : EXIT.failed;
  } finally {
    cloud.close();
    await server?.stop();
    project.remove();
  }
}
