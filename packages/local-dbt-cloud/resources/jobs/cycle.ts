import { invalid } from "../../http/refused";
import { active, type World } from "../../world";
import { jobsOf, type Job } from "./jobs";

/**
 * Refuses a completion trigger that closes a cycle of jobs, because the jobs would run forever.
 *
 * @param upstream the id of the job whose end is to start this one
 * @throws Refused with 400, naming every job of the cycle
 */
export function refuseCycle(world: World, job: Job, upstream: number | undefined): void {
  const find = (id: number | undefined): Job | undefined => (id === undefined ? undefined : active(jobsOf(world), id));
  const chain = [job];
  for (let next = find(upstream); next; next = find(next.job_completion_trigger_condition?.condition.job_id)) {
    const isClosed = chain.includes(next);
    chain.push(next);
    if (!isClosed) continue;
    const words = chain.map(({ id, name }) => `job ${id} (${name})`).join(" after ");
    throw invalid("job_completion_trigger_condition.condition.job_id", `the jobs would run for ever: ${words}`);
  }
}
