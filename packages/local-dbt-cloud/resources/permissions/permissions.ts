import { z } from "zod";
import { parseBody } from "../../http/body";
import { invalid, Refused } from "../../http/refused";
import { active, timestamp, type Timestamps, type World } from "../../world";
import { projectsOf } from "../projects/projects";
import { SETS } from "./sets";

/** A permission set of a group or of a service token, as it is stored and answered. */
export interface Permission extends Timestamps {
  readonly id: number;
  readonly account_id: number;
  readonly state: number;
  readonly permission_set: string;
  readonly all_projects: boolean;
  /** The only project of the permission; null for all projects. */
  readonly project_id: number | null;
  readonly writable_environment_categories: readonly string[];
}

const permissionsBody = z.array(
  z.object({
    permission_set: z.enum(Object.keys(SETS)),
    all_projects: z.boolean().default(false),
    project_id: z
      .int()
      .nullish()
      .transform((id) => id || null),
    writable_environment_categories: z
      .array(z.enum(["all", "development", "staging", "production", "other"]))
      .nullish()
      .transform((categories) => categories ?? []),
  }),
);

/**
 * The permissions that a body gives to one owner. They replace the owner's permissions.
 *
 * @param owner the id of the group or service token; the ids of its permissions follow from it
 * @throws Refused with 400 for an unknown set or project, or without a project
 */
export function permissionsOf(world: World, owner: number, body: unknown): Permission[] {
  if (!Array.isArray(body)) throw new Refused(400, "Body is not a JSON list of permissions");
  const now = timestamp(world.clock.now());
  return parseBody(permissionsBody, body).map((permission, i) => {
    const { project_id, all_projects } = permission;
    if (!all_projects && (project_id === null || !active(projectsOf(world), project_id))) {
      throw invalid("project_id", `project ${project_id} does not exist, and all_projects is not true`);
    }
    return {
      ...permission,
      project_id: all_projects ? null : project_id,
      id: owner * 1000 + i + 1,
      account_id: world.accountId,
      state: 1,
      created_at: now,
      updated_at: now,
    };
  });
}
