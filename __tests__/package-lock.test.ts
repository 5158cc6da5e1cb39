import lock from "../package-lock.json";
import manifest from "../package.json";

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

const packages = Object.entries(lock.packages as Readonly<Record<string, LockedPackage>>).map(([path, locked]) => ({
  name: path.split("node_modules/").at(-1)!,
  ...locked,
}));

describe("package-lock.json", () => {
  it("has every platform's optional package, so that npm ci takes it on each", () => {
    const names = new Set(packages.map(({ name }) => name));
    const missing = packages.flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !names.has(name)),
    );
    expect(missing).toEqual([]);
  });

  it("runs no package's install script", () => {
    const withScript = packages.filter(({ hasInstallScript, name }) => hasInstallScript && name !== "");
    expect(manifest.allowScripts).toEqual(Object.fromEntries(withScript.map(({ name }) => [name, false])));
  });

  it("gives cdktf a terminal binary that is not tied to a version of Node.js", () => {
    const locked: Readonly<Record<string, object>> = lock.packages;
    const paths = Object.keys(locked).filter((path) => path.endsWith("/@cdktf/node-pty-prebuilt-multiarch"));
    expect(paths.map((path) => locked[path])).toEqual([{ resolved: "packages/node-pty", link: true }]);
  });

  it("has overrides that npm 9 can read, as Debian 13 brings it", () => {
    expect(Object.values(manifest.overrides).filter((version) => version.startsWith("npm:"))).toEqual([]);
  });

  it("pins every package of ours exactly", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
