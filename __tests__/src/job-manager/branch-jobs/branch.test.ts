import fc from "fast-check";
import { branchOf, idOf } from "../../../../src/job-manager/branch-jobs/branch";
import { branchSchema, schemasOverlap } from "../../../../src/jobs/branch-schema";
import { branchJobName, JOB_NAME_LIMIT, slugOf } from "../../../../src/jobs/names";
import { branch, sharedEnvironment, workplace } from "../../../support/branch-records";
import { hostile } from "../../../support/hostile-text";

describe("a branch", () => {
  it("has the names, the schema and the owner of its jobs", () => {
    const { owner, schema, nameOf } = branchOf(
      sharedEnvironment(),
      workplace({ ref: "feature/attribution-model-v2", user: "Jennifer.Lopez" }),
    );
    expect(owner).toEqual({
      team: "marketing-team",
      project: 102,
      environment: 999,
      ref: "feature/attribution-model-v2",
      user: "Jennifer.Lopez",
    });
    expect(schema).toBe("marketing_feature_attribution_model_v2_jennifer_lopez");
    expect(nameOf("attribution-daily-refresh")).toBe(
      "marketing-team-feature-attribution-model-v2-jennifer-lopez-attribution-daily-refresh",
    );
  });

  it("may have the same names as another branch, with a different owner", () => {
    const [a, b] = [branch({ ref: "a-b", user: "c" }), branch({ ref: "a", user: "b-c" })];
    expect(a.nameOf("key")).toBe(b.nameOf("key"));
    expect(a.schema).toBe(b.schema);
    expect(a.owner).not.toEqual(b.owner);
  });

  it("needs the ids of its project and environment", () => {
    expect(idOf({ id: 7 })).toBe(7);
    expect(() => idOf({ managed: {} as never })).toThrow("the file does not have the id");
  });
});

describe("two schemas", () => {
  it.each([
    ["marketing_x_y", "marketing_x_y", true],
    ["marketing_x_y", "marketing_x_y_prep", true],
    ["marketing_x_y_prep", "marketing_x_y", true],
    ["marketing_x_y", "marketing_x_y_z", false],
    ["marketing_x_y_prep", "marketing_x_prep", false],
  ])("%s and %s overlap: %p", (a, b, meet) => {
    expect(schemasOverlap(a, b)).toBe(meet);
  });
});

/** GitLab: lower case, at most 63 characters, everything but 0-9 and a-z replaced by `-`, no `-` at the ends. */
function gitlabSlug(text: string): string {
  const letters = Array.from(text.toLowerCase()).map((letter) => (/^[a-z0-9]$/.test(letter) ? letter : "-"));
  let slug = letters.slice(0, 63).join("");
  while (slug.startsWith("-")) slug = slug.slice(1);
  while (slug.endsWith("-")) slug = slug.slice(0, -1);
  return slug;
}

const slug = hostile.map(slugOf);

describe("a slug", () => {
  it.each([
    ["feature/Attribution_v2.1", "feature-attribution-v2-1"],
    ["--a--", "a"],
    [`${"a".repeat(62)}/b`, "a".repeat(62)],
    ["käse", "k-se"],
    ["🧀x🧀y", "x-y"],
  ])("of %p is %p", (text, expected) => {
    expect(slugOf(text)).toBe(expected);
  });

  it.each(["", "ÄÖ", "/".repeat(70) + "a"])("of %p, which GitLab leaves empty, is a digest", (text) => {
    expect(slugOf(text)).toMatch(/^x-[0-9a-f]{8}$/);
  });

  it("is the same as GitLab's, unless that is empty", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(slugOf(text)).toBe(gitlabSlug(text) || slugOf(text));
        expect(slugOf(text)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
      { numRuns: 1000 },
    );
  });

  it("of a slug is the same", () => {
    fc.assert(
      fc.property(slug, (text) => {
        expect(slugOf(text)).toBe(text);
      }),
    );
  });
});

describe("a job's name", () => {
  const parts = fc.record({
    team: slug,
    branchSlug: slug,
    userSlug: slug,
    key: fc.oneof(slug, fc.constant("k".repeat(260))),
  });

  it("is cut to the length that dbt Cloud accepts, only when it is longer", () => {
    fc.assert(
      fc.property(parts, (name) => {
        const whole = [name.team, name.branchSlug, name.userSlug, name.key].join("-");
        const made = branchJobName(name);
        expect(made.length).toBeLessThanOrEqual(JOB_NAME_LIMIT);
        expect(made === whole).toBe(whole.length <= JOB_NAME_LIMIT);
        expect(whole.startsWith(made.slice(0, JOB_NAME_LIMIT - 9))).toBe(true);
      }),
    );
  });

  it("is different for different parts, even when it is cut", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [x, y] = [a, b].map((one) => [one.team, one.branchSlug, one.userSlug, one.key].join("-"));
        expect(branchJobName(a) === branchJobName(b)).toBe(x === y);
      }),
    );
    const long = { team: "t", branchSlug: "b".repeat(63), userSlug: "u".repeat(63) };
    const names = ["x", "y"].map((end) => branchJobName({ ...long, key: "k".repeat(200) + end }));
    expect(new Set(names).size).toBe(2);
    expect(names.map((name) => name.length)).toEqual([255, 255]);
  });
});

describe("a branch's schema", () => {
  it("is a valid name in PostgreSQL with `_prep`, and never a shared one", () => {
    fc.assert(
      fc.property(slug, slug, (ref, user) => {
        const schema = branchSchema(ref, user);
        expect(schema).toMatch(/^marketing_[a-z0-9_]{1,48}$/);
        expect(schema.length).toBeLessThanOrEqual(58);
        expect(["marketing", "marketing_prep", "dbt_production", "public"]).not.toContain(schema);
      }),
    );
  });

  it("of long names has a digest of the complete name", () => {
    const [a, b] = ["x", "y"].map((end) => branchSchema("b".repeat(63), `user-${end}`));
    expect(a).toMatch(/^marketing_b{39}_[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
  });
});
