import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** The settings of this machine's package registries, which another root folder also needs. */
export interface MachineSettings {
  readonly env: Readonly<Record<string, string>>;
  /** Files and folders, each with its place in the other root folder. They need not exist. */
  readonly files: Readonly<Record<string, string>>;
}

/** Variables of npm, pip, git, proxies and certificates. */
const PASSED =
  /^(npm_config_\w+|pip_\w+|(https?|no|all)_proxy|ssl_cert_\w+|node_extra_ca_certs|\w+_ca_bundle|git_ssl_\w+)$/i;
/** Where npm's own programs and files are on this machine. */
const PLACES_OF_NPM =
  /^npm_config_(cache|prefix|\w+_prefix|userconfig|globalconfig|init_module|node_gyp|nodedir|npm_version|user_agent)$/i;
/** Beside the users' own files: name resolution, pip's configuration and certificates that the machine adds. */
const SYSTEM_FILES = ["/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/usr/local/share/ca-certificates"];
const FILES_AT_HOME = [".npmrc", ".netrc", ".config/pip/pip.conf", ".pip/pip.conf"];

/**
 * Collects the settings without knowing a registry: variables by name, the files that they name, and the files where npm and
 * pip keep their configuration.
 *
 * @param home the home folder, whose files go to `/root`
 */
export function machineSettings(env: Readonly<NodeJS.ProcessEnv>, home: string): MachineSettings {
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && PASSED.test(entry[0]) && !PLACES_OF_NPM.test(entry[0]),
  );
  const named = passed.map(([, value]) => value).filter((value) => isAbsolute(value) && existsSync(value));
  const files = Object.fromEntries([...SYSTEM_FILES, ...named].map((file) => [file, file]));
  for (const file of FILES_AT_HOME) files[join(home, file)] = join("/root", file);
  const userConfig = env["npm_config_userconfig"];
  if (userConfig !== undefined) files[userConfig] = "/root/.npmrc";
  return { env: Object.fromEntries(passed), files };
}
