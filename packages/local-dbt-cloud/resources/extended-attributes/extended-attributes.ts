import type { Collection } from "../../store/store";
import type { InProject, Timestamps, World } from "../../world";

/** Attributes of an environment's connection as they are stored. */
export interface ExtendedAttributes extends InProject, Timestamps {
  readonly account_id: number;
  /** The attributes as JSON, because the Terraform provider compares them byte by byte. */
  readonly text: string;
}

export function extendedAttributesOf(world: World): Collection<ExtendedAttributes> {
  return world.store.collection<ExtendedAttributes>("extended-attributes");
}
