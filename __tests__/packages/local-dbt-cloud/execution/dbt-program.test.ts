import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findDbt, programFile } from "../../../../packages/local-dbt-cloud/execution/dbt-program";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "program-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function program(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

describe("the dbt of a project", () => {
  it("is the program in the project's .venv, else the program on PATH", () => {
    const onPath = program("bin", "dbt");
    mkdirSync(join(folder, "repo", "dbt"), { recursive: true });
    const find = (): string | undefined => findDbt(join(folder, "repo", "dbt"), join(folder, "bin"));
    expect(find()).toBe(onPath);
    const own = program("repo", ".venv", "bin", "dbt");
    expect(find()).toBe(own);
  });
});

describe("a program that the user names", () => {
  it("is a path, or a name on PATH", () => {
    const file = program("bin", "dbtf");
    expect(programFile(file, "")).toBe(file);
    expect(programFile("dbtf", ["/nowhere", join(folder, "bin")].join(delimiter))).toBe(file);
  });

  it("is not a missing file, a folder, or a file that cannot be executed", () => {
    const file = program("bin", "dbtf");
    chmodSync(file, 0o644);
    for (const path of [join(folder, "none"), join(folder, "bin"), file]) {
      expect(() => programFile(path, "")).toThrow(
        `--dbt: "${path}" is not an executable file. Give the path of a program, or its name on PATH.`,
      );
    }
    for (const name of ["none", ""]) {
      expect(() => programFile(name, join(folder, "bin"))).toThrow(`--dbt: "${name}" is not a program on PATH.`);
    }
  });
});
