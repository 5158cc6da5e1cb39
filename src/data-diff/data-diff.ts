import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { makeBuilds, type BuildRequest, type Failure } from "./builds";
import { DataDiffError } from "./data-diff-error";
import { contractChanges, testChanges, type ContractChange, type TestChanges } from "./declared-changes";
import { isDifferent, kpiChangeSchema, martDifferenceSchema, type MartDifference } from "./difference";
import { martsOf, type Mart } from "./manifest";
import { programBeside } from "./program-beside";

/** What a change of the dbt project does to the figures. */
export interface DataDiff {
  /** The commit that the working tree is compared with. */
  readonly base: string;
  /** The models and seeds that were built again, by name. */
  readonly built: readonly string[];
  /** The marts that differ. */
  readonly marts: readonly MartDifference[];
  /** The number of marts that are the same. */
  readonly unchanged: number;
  /** The exposures that read a mart that differs, by the mart's name. */
  readonly readers: Readonly<Record<string, readonly string[]>>;
  readonly kpis: readonly KpiChange[];
  readonly contracts: readonly ContractChange[];
  readonly tests: TestChanges;
  readonly failures: readonly Failure[];
}

/** The change of a key figure. */
export type KpiChange = z.output<typeof kpiChangeSchema>;

/** The mart with one row for each KPI. */
const SUMMARY = "executive_summary";
const MAXIMUM_BYTES = 2 ** 28;
const COMPARE = programBeside("compare.py");

const outputSchema = z.object({ marts: z.array(martDifferenceSchema), kpis: z.array(kpiChangeSchema) });

/**
 * Builds the dbt project with and without a change, and compares every mart by its key.
 *
 * @throws DataDiffError when a build or the comparison fails
 */
export function dataDiff(request: BuildRequest): DataDiff {
  const { sha, folder, base, head, built, selected, failures } = makeBuilds(request);
  const known = martsOfBoth(martsOf(base.manifest), martsOf(head.manifest)).filter(
    ({ name }) => selected?.includes(name) ?? true,
  );
  request.say("Comparing the marts");
  const question = {
    base: base.warehouse,
    head: head.warehouse,
    folder: join(folder, "marts"),
    marts: known,
    summary: SUMMARY,
  };
  const found = compare(request, question);
  const different = found.marts.filter(isDifferent);
  return {
    base: sha,
    built,
    marts: different,
    unchanged: found.marts.filter((mart) => mart.status === "compared" && !isDifferent(mart)).length,
    readers: Object.fromEntries(
      different.map(({ name }) => [name, known.find((mart) => mart.name === name)?.readers ?? []]),
    ),
    kpis: found.kpis,
    contracts: contractChanges(
      base.manifest,
      head.manifest,
      known.map(({ name }) => name),
    ),
    tests: testChanges(base.manifest, head.manifest),
    failures,
  };
}

/** The marts of both builds, as head describes them. A mart that is gone is as the base describes it. */
function martsOfBoth(base: readonly Mart[], head: readonly Mart[]): (Mart & { readonly builds: readonly string[] })[] {
  const isIn = (marts: readonly Mart[], name: string): boolean => marts.some((mart) => mart.name === name);
  return [...head, ...base.filter(({ name }) => !isIn(head, name))]
    .map((mart) => ({
      ...mart,
      builds: [...(isIn(base, mart.name) ? ["base"] : []), ...(isIn(head, mart.name) ? ["head"] : [])],
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function compare({ root, env }: BuildRequest, question: unknown): z.output<typeof outputSchema> {
  const python = join(root, ".venv", "bin", "python");
  const { status, stdout, stderr } = spawnSync(python, [COMPARE], {
    input: JSON.stringify(question),
    encoding: "utf8",
    maxBuffer: MAXIMUM_BYTES,
    env: { ...env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (status !== 0) throw new DataDiffError(`the marts cannot be compared\n${stderr.trim()}`);
  return outputSchema.parse(JSON.parse(stdout));
}
