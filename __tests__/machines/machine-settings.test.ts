import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineSettings } from "./machine-settings";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("the settings that a fresh Debian gets from the machine", () => {
  it("are those of npm, pip, git, proxies and certificates", () => {
    const passed = {
      npm_config_registry: "https://npm.example.com/",
      PIP_INDEX_URL: "https://pip.example.com/simple",
      HTTPS_PROXY: "http://proxy.example.com:3128",
      no_proxy: "localhost",
      SSL_CERT_FILE: "/no/such/file",
      NODE_EXTRA_CA_CERTS: "/no/such/file",
      REQUESTS_CA_BUNDLE: "/no/such/file",
      GIT_SSL_CAINFO: "/no/such/file",
    };
    const kept = { DBTCLOUD_TOKEN: "secret", AWS_SECRET_ACCESS_KEY: "secret", HOME: folder, PATH: "/bin" };
    expect(machineSettings({ ...passed, ...kept }, folder).env).toEqual(passed);
  });

  it("omit the location of npm on the machine", () => {
    const places = {
      npm_config_prefix: "/usr",
      npm_config_local_prefix: "/home/me/project",
      npm_config_cache: "/home/me/.npm",
      npm_config_userconfig: "/home/me/.npmrc",
      npm_config_globalconfig: "/etc/npmrc",
      npm_config_node_gyp: "/usr/lib/node-gyp.js",
      npm_config_user_agent: "npm/11",
    };
    expect(machineSettings(places, folder).env).toEqual({});
  });

  it("have the files and folders that the variables name, at the same place", () => {
    const certificate = join(folder, "ca.crt");
    const wheels = join(folder, "wheels");
    writeFileSync(certificate, "");
    mkdirSync(wheels);
    const { files } = machineSettings({ PIP_CERT: certificate, PIP_FIND_LINKS: wheels, PIP_TIMEOUT: "9" }, "/home/me");
    expect(files).toMatchObject({ [certificate]: certificate, [wheels]: wheels });
    expect(files).not.toHaveProperty("9");
  });

  it("have the configuration files of npm and pip, below root's home folder", () => {
    expect(machineSettings({}, "/home/me").files).toMatchObject({
      "/etc/resolv.conf": "/etc/resolv.conf",
      "/etc/pip.conf": "/etc/pip.conf",
      "/home/me/.npmrc": "/root/.npmrc",
      "/home/me/.config/pip/pip.conf": "/root/.config/pip/pip.conf",
    });
    const { files } = machineSettings({ npm_config_userconfig: "/etc/me/npmrc" }, "/home/me");
    expect(files).toMatchObject({ "/etc/me/npmrc": "/root/.npmrc" });
  });
});
