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
  it("has the optional packages of all platforms, so that npm ci works on each", () => {
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

  it("gives cdktf a terminal binary that works with all versions of Node.js", () => {
    const locked: Readonly<Record<string, object>> = lock.packages;
    const paths = Object.keys(locked).filter((path) => path.endsWith("/@cdktf/node-pty-prebuilt-multiarch"));
    expect(paths.map((path) => locked[path])).toEqual([{ resolved: "packages/node-pty", link: true }]);
  });

  it("has overrides that npm 9 of Debian 13 can read", () => {
    expect(Object.values(manifest.overrides).filter((version) => version.startsWith("npm:"))).toEqual([]);
  });

  it("pins the exact version of every direct dependency", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
