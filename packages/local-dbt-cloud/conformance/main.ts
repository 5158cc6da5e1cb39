import { parseArgs } from "node:util";
import { Cloud, type Address } from "./cloud";
import { start } from "../start";
import { makeFakeProject } from "./fake-project";
import { checkAnswers } from "./openapi/check";
import { readDocuments, type Document } from "./openapi/document";
import { Report } from "./report";
import { broken, type RuleGroup } from "./rule";
import { RULE_GROUPS } from "./rules";

const HELP = `conformance: checks over HTTP that a dbt Cloud does what its clients rely on

Usage: npm run conformance -- [options]

  --rules <text>    only rules whose id matches this regular expression, such as ^jobs or paging.limit
  --openapi <path>  compare every answer with the schemas of this OpenAPI document, or of all in this folder;
                    may be given more than once
  --url <url>       check this dbt Cloud instead of a local one that is started for it; without /api.
                    Objects are made in the account and deleted again; rules that start jobs are left out
  --account <id>    the account's id there
  --token <token>   what lets it in there; better set in DBT_CLOUD_TOKEN
  --help            print this

Exit codes: 0 every rule holds, 1 one does not, 64 usage
`;

const EXIT = { ok: 0, failed: 1, usage: 64 } as const;

interface Options {
  readonly groups: readonly RuleGroup[];
  readonly documents: readonly Document[] | undefined;
  /** Whether all rules are checked, so that an accepted difference must be found. */
  readonly isWhole: boolean;
  readonly address: Address | undefined;
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
  if (options) return check(options);
  console.log(HELP.trimEnd());
  return EXIT.ok;
}

/** The options; undefined when help is asked for. */
function readOptions(argv: string[]): Options | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      rules: { type: "string" },
      openapi: { type: "string", multiple: true },
      url: { type: "string" },
      account: { type: "string" },
      token: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const pattern = new RegExp(values.rules ?? "");
  const address = addressOf(values.url, values.account, values.token ?? process.env["DBT_CLOUD_TOKEN"]);
  const groups = RULE_GROUPS.map(({ thing, rules }) => ({ thing, rules: rules.filter(({ id }) => pattern.test(id)) }));
  if (groups.every(({ rules }) => rules.length === 0)) throw new Error(`no rule's id matches ${values.rules}`);
  const isWhole = values.rules === undefined && address === undefined;
  return { groups, documents: values.openapi && readDocuments(values.openapi), isWhole, address };
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
    for (const { thing, rules } of groups) {
      report.begin(thing, rules.length);
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
