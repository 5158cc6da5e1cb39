import { contains, equal, flag, ids, integer, many, must, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

export const people = group("people", [
  rule("users", "users have an email address, and their groups below `permissions`", async (cloud) => {
    const [first] = many(await cloud.get(`${cloud.v3}/users/`));
    contains(first, { id: integer, email: text, first_name: text, last_name: text });
    const groups = [{ groups: (value: unknown) => Array.isArray(value) }];
    contains(one(await cloud.get(`${cloud.v2}/users/${first!.id}/`)), { id: first!.id, permissions: groups });
    refused(await cloud.get(`${cloud.v2}/users/999999999/`), 404);
  }),
  rule("whoami", "the user of the token is known", async (cloud) => {
    const { user } = one(await cloud.get("/api/v2/whoami/")) as unknown as { user: object };
    contains(user, { id: integer, email: text });
  }),
  rule("groups", "a group is created, found by name, changed and deleted", async (cloud) => {
    const path = `${cloud.v3}/groups/`;
    const name = `Group ${Date.now()}`;
    const { id } = one(await cloud.post(path, { name, account_id: cloud.accountId, sso_mapping_groups: ["sso"] }));
    cloud.remember(`${path}${id}/`);
    const expected = { id, name, assign_by_default: false, sso_mapping_groups: ["sso"], scim_managed: flag };
    contains(one(await cloud.get(`${path}${id}/`)), { ...expected, group_permissions: [] });
    equal(ids(await cloud.get(`${path}?name=${encodeURIComponent(name)}`)), [id], "by name");
    equal(ids(await cloud.get(`${path}?name__icontains=${encodeURIComponent(name.toLowerCase())}`)), [id], "by a part");
    contains(one(await cloud.post(`${path}${id}/`, { name, assign_by_default: true })), { assign_by_default: true });
    contains(one(await cloud.post(`${path}${id}/`, { name, state: 2 })), { state: 2 });
    refused(await cloud.get(`${path}${id}/`), 404);
  }),
  rule("group-permissions", "the permissions of a group are replaced as a whole", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = one(await cloud.post(`${cloud.v3}/groups/`, { name: "Conformance" }));
    cloud.remember(`${cloud.v3}/groups/${id}/`);
    const permissions = `${cloud.v3}/group-permissions/${id}/`;
    const grant = { account_id: cloud.accountId, group_id: id, permission_set: "job_viewer" };
    await cloud.post(permissions, [{ ...grant, all_projects: true }]);
    await cloud.post(permissions, [{ ...grant, all_projects: false, project_id: project.id }]);
    contains(one(await cloud.get(`${cloud.v3}/groups/${id}/`)), {
      group_permissions: [{ group_id: id, permission_set: "job_viewer", all_projects: false, project_id: project.id }],
    });
    refused(await cloud.post(permissions, [{ ...grant, permission_set: "zzz", all_projects: true }]), 400);
  }),
  rule(
    "assign",
    "the groups of a user are replaced, each group counts its members, and an unknown group is refused",
    async (cloud) => {
      const [user] = many(await cloud.get(`${cloud.v3}/users/`));
      const { permissions } = user as unknown as { permissions: [{ groups: [{ id: number }] }] };
      const before = permissions[0].groups.map(({ id }) => id);
      const { id } = one(await cloud.post(`${cloud.v3}/groups/`, { name: "Conformance" }));
      cloud.remember(`${cloud.v3}/groups/${id}/`);
      const assign = (groups: readonly number[]): ReturnType<typeof cloud.post> =>
        cloud.post(`${cloud.v3}/assign-groups/`, { user_id: user!.id, desired_group_ids: groups });
      equal((await assign([...before, id])).status, 200, "the status");
      const after = one(await cloud.get(`${cloud.v2}/users/${user!.id}/`)) as unknown as typeof user & {
        permissions: [{ groups: { id: number }[] }];
      };
      must(
        after.permissions[0].groups.some((row) => row.id === id),
        "the user is not in the group",
      );
      contains(one(await cloud.get(`${cloud.v3}/groups/${id}/`)), { member_count: 1 });
      refused(await assign([999_999_999]), 400);
      await assign(before);
    },
  ),
]);
