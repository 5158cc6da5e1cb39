import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readEnvironmentFiles } from "../../../src/env-files/env-files";
import { envFolder } from "../../support/env-folder";

const namesOf = (paths: readonly string[], folder: string): string[] =>
  readEnvironmentFiles(paths).files.map(
    ({ file, context }) => `${file.slice(folder.length + 1)}${context ? " (context)" : ""}`,
  );

describe("the env files of a folder", () => {
  it("are its YAML files in the order of their names, and no others", () => {
    const folder = envFolder({
      "b.yml": "b",
      "a.yaml": "a",
      "C.YAML": "c",
      ".hidden.yaml": "x",
      "a.yaml.orig": "x",
      "schema.json": "x",
      "deeper/d.yaml": "x",
    });
    expect(namesOf([folder], folder)).toEqual(["C.YAML", "a.yaml", "b.yml"]);
  });

  it("are read as bytes", () => {
    const bytes = Uint8Array.from([0, 255, 10]);
    const folder = envFolder({ "a.yaml": bytes });
    expect([...readEnvironmentFiles([folder]).files[0]!.bytes]).toEqual([...bytes]);
  });
});

describe("named files", () => {
  it("have the other files of their folder as context", () => {
    const folder = envFolder({ "a.yaml": "a", "b.yaml": "b", "c.yaml": "c" });
    expect(namesOf([join(folder, "b.yaml")], folder)).toEqual(["b.yaml", "a.yaml (context)", "c.yaml (context)"]);
  });

  it("are read once, even if they are named several times", () => {
    const folder = envFolder({ "a.yaml": "a", "b.yaml": "b" });
    symlinkSync(join(folder, "a.yaml"), join(folder, "z.yaml"));
    const twice = [join(folder, "a.yaml"), folder, `${folder}/./b.yaml`, join(folder, "z.yaml")];
    expect(namesOf(twice, folder)).toEqual(["a.yaml", "b.yaml"]);
  });
});

describe("a problem of reading", () => {
  const FIX = "check the path; the files of this project are in environments/";

  it("is a missing file", () => {
    expect(readEnvironmentFiles(["missing.yaml", "nowhere/"]).problems).toEqual(
      ["missing.yaml", "nowhere/"].map((file) => ({
        file,
        path: "",
        reason: "there is no such file or folder",
        allowed: "an env file, or a folder with .yaml files",
        fix: FIX,
      })),
    );
  });

  it("is a file whose path is too long for the system", () => {
    const { problems } = readEnvironmentFiles([`${"x".repeat(5000)}.yaml`]);
    expect(problems).toMatchObject([{ reason: "the path is longer than the system allows", fix: FIX }]);
  });

  it("is a folder without an env file", () => {
    const folder = envFolder({ "notes.txt": "" });
    expect(readEnvironmentFiles([folder]).problems).toEqual([
      { file: folder, path: "", reason: "the folder has no env file", allowed: "a folder with .yaml files", fix: FIX },
    ]);
  });

  it("is a folder that has the name of an env file", () => {
    const folder = envFolder({ "a.yaml": "a" });
    mkdirSync(join(folder, "b.yaml"));
    const { files, problems } = readEnvironmentFiles([folder]);
    expect(files.map(({ file }) => file)).toEqual([join(folder, "a.yaml")]);
    expect(problems).toEqual([
      {
        file: join(folder, "b.yaml"),
        path: "",
        reason: "it is a folder, not a file",
        allowed: "an env file, or a folder with .yaml files",
        fix: FIX,
      },
    ]);
  });

  it("is a link to nothing", () => {
    const folder = envFolder({ "a.yaml": "a" });
    symlinkSync(join(folder, "gone"), join(folder, "b.yaml"));
    expect(readEnvironmentFiles([folder]).problems).toMatchObject([
      { file: join(folder, "b.yaml"), reason: "there is no such file or folder" },
    ]);
  });

  it("does not stop the reading of other files", () => {
    const folder = envFolder({ "a.yaml": "a" });
    const { files, problems } = readEnvironmentFiles(["missing.yaml", folder, "gone.yaml"]);
    expect([files.length, problems.length]).toEqual([1, 2]);
  });
});
