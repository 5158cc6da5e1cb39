import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataDiffError, makeBuilds, type BuildRequest, type Failure } from "./builds";
import { isDifferent, kpiChangeSchema, martDifferenceSchema, type MartDifference } from "./difference";
import { martsOf, type Mart } from "./manifest";

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
  readonly failures: readonly Failure[];
}

/** The change of a key figure. */
export type KpiChange = z.output<typeof kpiChangeSchema>;

/** The mart with one row for each KPI. */
const SUMMARY = "executive_summary";
const MAXIMUM_BYTES = 2 ** 28;
/** The program is beside this file, or beside its source when this file is compiled into dist/. */
const COMPARE = [join(__dirname, "compare.py"), join(__dirname, "../../../src/data-diff/compare.py")].find((file) =>
  existsSync(file),
)!;

const outputSchema = z.object({ marts: z.array(martDifferenceSchema), kpis: z.array(kpiChangeSchema) });

/**
 * Builds the dbt project with and without a change, and compares every mart by its key.
 *
 * @throws DataDiffError when a build or the comparison fails
 */
export function dataDiff(request: BuildRequest): DataDiff {
  const { sha, folder, base, head, built, failures } = makeBuilds(request);
  const known = martsOfBoth(martsOf(base.manifest), martsOf(head.manifest));
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
