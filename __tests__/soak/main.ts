import { parseArgs } from "node:util";
import { soak } from "./soak";

/** `npm run soak`: see docs/testing.md. */
const MOST_MINUTES = 10;

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: "string" }, minutes: { type: "string", default: "5" } } });
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  if (!(minutes > 0 && minutes <= MOST_MINUTES) || !Number.isSafeInteger(seed)) {
    console.error(`--minutes is a number up to ${MOST_MINUTES}, and --seed a whole number`);
    process.exitCode = 64;
    return;
  }
  console.log(`seed ${seed}: the same random actions again with --seed ${seed}`);
  const end = Date.now() + minutes * 60_000;
  const { rounds, clients, serverKills, runs, wrongs } = await soak(seed, () => Date.now() < end);
  const counts = Object.entries(clients).sort(([a], [b]) => a.localeCompare(b));
  for (const [name, count] of counts) console.log(`${String(count).padStart(5)}  ${name}`);
  console.log(`${rounds} rounds, ${runs} runs, ${serverKills} times the server was killed`);
  for (const wrong of wrongs) console.error(wrong);
  console.log(
    wrongs.length === 0 ? "Nothing was lost, doubled or touched." : `${wrongs.length} violations, seed ${seed}`,
  );
  if (wrongs.length > 0) process.exitCode = 1;
}
