import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { listed, listedAs } from "../../http/filters";
import { idIn, type RawQuery } from "../../http/query";
import { invalid, notFound, Refused } from "../../http/refused";
import { active, type Routes, type World } from "../../world";
import { groupAnswer, groupsOf, type Group } from "../groups/groups";
import { assignGroupsBody, usersOf, type User } from "./users";

/** The license of every person, with which one may develop and deploy. */
const LICENSE = "developer";

/** The people of the account, and the groups that they belong to. */
export const userRoutes: Routes = (app, world) => {
  for (const version of ["v2", "v3"]) {
    const users = `/api/${version}/accounts/:account/users/`;
    app.get(users, ({ query }) => listedAs(usersOf(world).all(), query as RawQuery, (user) => userAnswer(world, user)));
    app.get(`${users}:user/`, (request) => {
      const id = idIn(request.params, "user");
      const user = usersOf(world).get(id);
      if (!user) throw notFound(`user ${id}`);
      return single(userAnswer(world, user));
    });
  }

  app.get("/api/v2/whoami/", (request) => {
    if (request.permissions !== "all") throw new Refused(404, "A service token belongs to no user.");
    const [user] = usersOf(world).all();
    return single({ user: userAnswer(world, user!) });
  });

  app.post("/api/v3/accounts/:account/assign-groups/", (request) => {
    const { user_id, desired_group_ids } = parseBody(assignGroupsBody, request.body);
    const users = usersOf(world);
    const user = users.get(user_id);
    if (!user) throw invalid("user_id", `user ${user_id} does not exist`);
    const unknown = desired_group_ids.find((id) => !active(groupsOf(world), id));
    if (unknown !== undefined) throw invalid("desired_group_ids", `group ${unknown} does not exist`);
    const groups = groupsOfUser(world, users.put({ ...user, group_ids: desired_group_ids }));
    return { ...listed(groups, {}), data: groups.map((group) => groupAnswer(group, world)) };
  });
};

function userAnswer(world: World, user: User): object {
  const { group_ids: _groups, ...answered } = user;
  const groups = groupsOfUser(world, user).map((group) => groupAnswer(group, world));
  return {
    ...answered,
    is_active: true,
    is_staff: false,
    email_verified: true,
    permissions: [
      { id: user.id, user_id: user.id, account_id: world.accountId, state: 1, license_type: LICENSE, groups },
    ],
    licenses: { [world.accountId]: { license_type: LICENSE, state: 1 } },
  };
}

function groupsOfUser(world: World, { group_ids }: User): Group[] {
  return group_ids.map((id) => active(groupsOf(world), id)).filter((group) => group !== undefined);
}
