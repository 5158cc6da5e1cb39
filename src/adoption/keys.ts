import { jobKeySchema } from "../jobs/definition";
import { slugOf } from "../jobs/names";
import type { FoundJob } from "./found-job";

/**
 * The key of a job: the identifier of its source, else its name without the team and the environment.
 *
 * @param taken the keys that other jobs have; a number makes the key unique
 */
export function keyFor(
  { id, identifier, job }: FoundJob,
  { team, environment }: { readonly team: string; readonly environment: string },
  taken: (key: string) => boolean,
): string {
  const key = wordsOf(identifier ?? ownPart(job.name, team, environment)) || wordsOf(`job ${id ?? ""}`);
  if (!taken(key)) return key;
  for (let serial = 2; ; serial++) {
    const next = `${key}-${serial}`;
    if (!taken(next)) return next;
  }
}

function ownPart(name: string, team: string, environment: string): string {
  const start = `${team}-`;
  const end = `-${environment}`;
  const isOurs = name.startsWith(start) && name.endsWith(end) && name.length > start.length + end.length;
  return isOurs ? name.slice(start.length, -end.length) : name;
}

/** A text as a valid key; empty when it has no letter or digit of ASCII. */
function wordsOf(text: string): string {
  const ascii = text.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");
  if (!/[a-z0-9]/i.test(ascii)) return "";
  const words = slugOf(ascii.replace(/[^a-z0-9]+/gi, "-").replace(/^-/, "")).replace(/-+/g, "-");
  return jobKeySchema.safeParse(words).success ? words : `job-${words}`;
}
