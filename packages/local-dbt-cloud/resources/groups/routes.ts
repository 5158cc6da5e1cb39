import { parseRow } from "../../http/body";
import { among, containing, listed } from "../../http/filters";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import { active, type Routes } from "../../world";
import { permissionsOf } from "../permissions/permissions";
import { routesOf } from "../resource";
import { groupAnswer, groupBody, groupsOf, permissionAnswers, type Group } from "./groups";

const describedRoutes = routesOf<Group>({
  path: "/api/v3/accounts/:account/groups/",
  name: "group",
  collection: groupsOf,
  fields: (body, { before }) => ({
    ...parseRow(groupBody, body, before),
    permissions: before?.permissions ?? [],
  }),
  answer: groupAnswer,
  listing: {
    filters: {
      pk: among((row) => row.id),
      pk__in: among((row) => row.id),
      name: among((row) => row.name),
      name__icontains: containing((row) => row.name),
    },
  },
});

/** Groups and their permissions. */
export const groupRoutes: Routes = (app, world) => {
  describedRoutes(app, world);
  app.post("/api/v3/accounts/:account/group-permissions/:group/", (request) => {
    const id = idIn(request.params, "group");
    const group = active(groupsOf(world), id);
    if (!group) throw notFound(`group ${id}`);
    const changed = groupsOf(world).put({ ...group, permissions: permissionsOf(world, id, request.body) });
    return listed(permissionAnswers(changed), {});
  });
};
