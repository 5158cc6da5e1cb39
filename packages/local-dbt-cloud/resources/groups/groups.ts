import { z } from "zod";
import type { Collection } from "../../store/store";
import { timestamp, type Stateful, type Timestamps, type World } from "../../world";
import type { Permission } from "../permissions/permissions";
import { usersOf } from "../users/users";

/** A group of people with permissions, as it is stored. */
export interface Group extends Stateful, Timestamps {
  readonly account_id: number;
  readonly name: string;
  readonly assign_by_default: boolean;
  readonly sso_mapping_groups: readonly string[];
  readonly permissions: readonly Permission[];
}

/** The groups that every account of dbt Cloud has. */
const DEFAULT_NAMES = ["Owner", "Member", "Everyone"];

/** The body of a create. An update is merged with the stored group first. */
export const groupBody = z.object({
  name: z.string().min(1),
  assign_by_default: z.boolean().default(false),
  sso_mapping_groups: z
    .array(z.string())
    .nullish()
    .transform((groups) => groups ?? []),
  state: z.literal([1, 2]).default(1),
});

export function groupsOf(world: World): Collection<Group> {
  const groups = world.store.collection<Group>("group");
  if (groups.all().length === 0) addDefaults(world, groups);
  return groups;
}

/** A group as it is answered. */
export function groupAnswer(group: Group, world: World): object {
  const { permissions: _stored, ...answered } = group;
  const members = usersOf(world)
    .all()
    .filter(({ group_ids }) => group_ids.includes(group.id));
  return {
    ...answered,
    scim_managed: false,
    member_count: members.length,
    group_permissions: permissionAnswers(group),
  };
}

/** The permissions of a group as they are answered. */
export function permissionAnswers({ id, permissions }: Group): (Permission & { readonly group_id: number })[] {
  return permissions.map((permission) => ({ ...permission, group_id: id }));
}

function addDefaults(world: World, groups: Collection<Group>): void {
  const now = timestamp(world.clock.now());
  for (const [i, name] of DEFAULT_NAMES.entries()) {
    const own = { name, assign_by_default: name === "Everyone", sso_mapping_groups: [], permissions: [], state: 1 };
    groups.put({ ...own, id: i + 1, account_id: world.accountId, created_at: now, updated_at: now });
  }
}
