import { fileRule, jobRule, jobsOf, type Source } from "../../../../src/env-files/rules/rule";

const isRefused = (): boolean => false;
const sources: Source[] = [
  { file: "a.yaml", environment: { name: "a", jobs: { one: { threads: 1 }, two: {} } }, isRefused },
  { file: "b.yaml", environment: { name: "b", jobs: { one: { threads: 3 } } }, isRefused },
];
const REFUSAL = { reason: "r", allowed: "a", fix: "f" };

describe("a rule about jobs", () => {
  it("checks each job of each file, and reports the place in the job", () => {
    const rule = jobRule("few threads", function* ({ job }) {
      if ((job.threads ?? 0) > 0) yield { path: ["threads"], got: job.threads, ...REFUSAL };
    });
    expect(rule.name).toBe("few threads");
    expect([...rule.check(sources)]).toEqual([
      { file: "a.yaml", path: ["jobs", "one", "threads"], got: 1, ...REFUSAL },
      { file: "b.yaml", path: ["jobs", "one", "threads"], got: 3, ...REFUSAL },
    ]);
  });
});

describe("a rule about files", () => {
  it("checks each file separately, and reports the file", () => {
    const rule = fileRule("not b", function* ({ name }) {
      if (name === "b") yield { path: ["name"], at: "key", ...REFUSAL };
    });
    expect([...rule.check(sources)]).toEqual([{ file: "b.yaml", path: ["name"], at: "key", ...REFUSAL }]);
  });
});

describe("the jobs", () => {
  it("are those of every file, in order", () => {
    expect([...jobsOf(sources)].map(({ source, key }) => `${source.file} ${key}`)).toEqual([
      "a.yaml one",
      "a.yaml two",
      "b.yaml one",
    ]);
  });
});
