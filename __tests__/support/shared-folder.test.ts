import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { runFolder, sharedFolder } from "./shared-folder";

describe("a shared folder", () => {
  it("is filled once", () => {
    const name = randomUUID();
    let fills = 0;
    const fill = (folder: string): void => {
      fills += 1;
      writeFileSync(join(folder, "file"), "content");
    };
    const folder = sharedFolder(name, fill);
    expect(sharedFolder(name, fill)).toBe(folder);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("content");
    expect(fills).toBe(1);
  });

  it("fails in every suite when it could not be filled", () => {
    const name = randomUUID();
    const fill = (): void => {
      throw new Error("no warehouse");
    };
    expect(() => sharedFolder(name, fill)).toThrow("no warehouse");
    expect(() => sharedFolder(name, fill)).toThrow(`Another suite could not make ${name}: Error: no warehouse`);
  });

  it("is waited for while another process fills it", () => {
    const name = randomUUID();
    const file = join(runFolder(), name);
    writeFileSync(`${file}.owner`, String(process.pid));
    const worker = new Worker(
      `setTimeout(() => require("node:fs").writeFileSync(${JSON.stringify(`${file}.outcome`)}, ""), 500)`,
      { eval: true },
    );
    expect(sharedFolder(name, () => undefined)).toBe(file);
    expect(existsSync(`${file}.outcome`)).toBe(true);
    return worker.terminate();
  });

  it("is not waited for when the process that filled it has ended", () => {
    const name = randomUUID();
    const endedProcess = 2 ** 22 + 1;
    writeFileSync(join(runFolder(), `${name}.owner`), String(endedProcess));
    expect(() => sharedFolder(name, () => undefined)).toThrow(`The process that made ${name} has ended`);
  });
});
