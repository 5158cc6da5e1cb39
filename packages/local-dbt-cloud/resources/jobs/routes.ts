import { parseBody } from "../../http/body";
import { among, containing, flagged } from "../../http/filters";
import { environmentsOf } from "../environments/environments";
import { removeJob } from "../removal";
import { routesOf } from "../resource";
import { jobAnswer } from "./answer";
import { changedJob, jobBody, jobFields, jobsOf, withPossibleFeatures, type Job } from "./jobs";
import { refuseJob } from "./validation";

/** Jobs. Some clients update a whole job and others only some fields, so an update is merged with the stored job. */
export const jobRoutes = routesOf<Job>({
  path: "/api/v2/accounts/:account/jobs/",
  name: "job",
  collection: jobsOf,
  fields: (body, { world, before }) => {
    const fields = before ? changedJob(before, body) : parseBody(jobBody, body);
    if (!before || fields.state === 1) refuseJob(world, fields, before);
    const environment = environmentsOf(world).get(fields.environment_id);
    return jobFields(environment ? withPossibleFeatures(fields, environment.dbt_version) : fields);
  },
  answer: (job, world, related) => jobAnswer(world, job, related),
  remove: removeJob,
  // dbt-cloud-cli reads the deleted job.
  removedWith: 200,
  listing: {
    sortable: ["name", "created_at", "updated_at"],
    filters: {
      pk: among((row) => row.id),
      project_id: among((row) => row.project_id),
      project_id__in: among((row) => row.project_id),
      environment_id: among((row) => row.environment_id),
      name__icontains: containing((row) => row.name),
      triggers_schedule: flagged((row) => row.triggers.schedule),
      dbt_version__in: among((row) => row.dbt_version),
      is_system: flagged(() => false),
    },
  },
});
