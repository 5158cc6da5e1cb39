import { z } from "zod";
import type { Collection, Row } from "../../store/store";
import type { World } from "../../world";

/** A person of the account, as it is stored. */
export interface User extends Row {
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly group_ids: readonly number[];
}

/** The person whose token the server prints. Nobody invites others, so it is the only one. */
const OWNER: User = { id: 1, email: "owner@example.com", first_name: "Local", last_name: "Owner", group_ids: [1, 3] };

/** The body that replaces the groups of a person. */
export const assignGroupsBody = z.object({ user_id: z.int(), desired_group_ids: z.array(z.int()) });

export function usersOf(world: World): Collection<User> {
  const users = world.store.collection<User>("user");
  if (users.all().length === 0) users.put(OWNER);
  return users;
}
