import {
  branchSchema,
  isBranchSchema,
  SCHEMA_VARIABLE,
  schemasOf,
  SHARED_SCHEMA,
} from "../../../src/jobs/branch-schema";
import { slugOf } from "../../../src/jobs/names";
import { DbtFolder, missingDbt } from "../../dbt/dbt";
import { itIf } from "../../support/requirement";

/** Schemas of branches, one of them as long as possible. */
const BRANCHES = [
  branchSchema("feature-x", "jennifer-lopez"),
  branchSchema("prep", "prep"),
  branchSchema(slugOf("Überarbeitung/Größe #7"), slugOf("日本")),
  branchSchema("b".repeat(63), "u".repeat(63)),
];

/** Names that a clean-up must not drop, and names that look like them. */
const OTHERS = [
  ...schemasOf(SHARED_SCHEMA),
  "marketing_",
  "marketing_x",
  "Marketing_x",
  "marketing_é",
  'marketing_"x"',
  "marketing_x\n",
  "x_marketing_x",
  "public",
  "",
];

const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

itIf(missingDbt)(
  "dbt builds into the schemas of the branch, drops those that a clean-up may drop, and refuses to drop all others",
  () => {
    const both = "{{ generate_schema_name(none, none) }} {{ generate_schema_name('prep', none) }}";
    const names = [...BRANCHES, ...OTHERS];
    const [built, ...drops] = folder.runAll(
      [
        ["compile", "--quiet", "--inline", both],
        ...names.map((schema) => ["run-operation", "drop_branch_schema", "--args", JSON.stringify({ schema })]),
      ],
      { [SCHEMA_VARIABLE]: BRANCHES[0]! },
    );
    expect([built!.status, built!.output.trim().split(/\s+/)]).toEqual([0, schemasOf(BRANCHES[0]!)]);
    const found = drops.map(({ status, output }, i) => ({
      schema: names[i],
      isDropped: status === 0,
      dropped: [...output.matchAll(/Dropped schema (\S+)/g)].map(([, name]) => name),
    }));
    expect(found).toEqual(
      names.map((schema) => {
        const isDropped = isBranchSchema(schema);
        return { schema, isDropped, dropped: isDropped ? schemasOf(schema) : [] };
      }),
    );
    expect(BRANCHES.every(isBranchSchema)).toBe(true);
  },
);
