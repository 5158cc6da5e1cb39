import { among } from "../../http/filters";
import type { World } from "../../world";
import { environmentsOf } from "../environments/environments";
import { routesOf } from "../resource";
import { profileFields, profilesOf, type Profile } from "./profiles";

/** Profiles of a project. An environment names one by `primary_profile_id`. */
export const profileRoutes = routesOf<Profile>({
  path: "/api/v3/accounts/:account/projects/:project/profiles/",
  name: "profile",
  collection: profilesOf,
  fields: profileFields,
  answer: profileAnswer,
  changedWith: ["PATCH"],
  listing: {
    filters: {
      key: among((row) => row.key),
      connection_id: among((row) => row.connection_id),
      profile_ids: among((row) => row.id),
    },
  },
});

function profileAnswer(profile: Profile, world: World): object {
  const bound = environmentsOf(world)
    .all()
    .filter((row) => row.state === 1 && row.primary_profile_id === profile.id);
  const primary_bindings = bound.map(({ id, name, type, deployment_type }) => ({ id, name, type, deployment_type }));
  return { ...profile, primary_bindings, catalog_bindings: [] };
}
