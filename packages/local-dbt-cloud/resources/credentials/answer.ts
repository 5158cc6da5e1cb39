import type { Credential } from "./credentials";

/** A credential as it is answered: without anything about its secrets. */
export function credentialAnswer({ has_password: _hasPassword, ...credential }: Credential): object {
  return credential;
}
