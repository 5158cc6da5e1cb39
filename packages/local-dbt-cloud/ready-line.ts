import { z } from "zod";

/** The line that `--json` prints when the server answers. */
export const readyLineSchema = z.object({
  url: z.string(),
  token: z.string(),
  account_id: z.int(),
  /** The ids of the projects, in ascending order. */
  project_ids: z.array(z.int()),
  /** The folder of the state; null when nothing is kept. */
  state: z.string().nullable(),
  repo: z.string(),
  /** The file of the certificate that clients must trust; null without `--tls`. */
  certificate: z.string().nullable(),
  pid: z.int(),
});

/** The data that other programs need about a running local dbt Cloud. */
export type ReadyLine = z.output<typeof readyLineSchema>;
