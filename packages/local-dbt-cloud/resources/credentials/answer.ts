import type { Credential } from "./credentials";

/** A credential as it is answered: without anything about its password. */
export function credentialAnswer({
  has_password: _hasPassword,
  ...credential
}: Credential): Omit<Credential, "has_password"> {
  return credential;
}
