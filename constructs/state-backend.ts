import { HttpBackend, LocalBackend, type TerraformStack } from "cdktf";

/**
 * Sets the location of a stack's state: a local file beside `cdktf.out`, or an address below a GitLab state URL.
 * Terraform reads user and password of the URL from `TF_HTTP_USERNAME` and `TF_HTTP_PASSWORD`; no file contains them.
 *
 * @param stateUrl `https://…/terraform/state`; undefined keeps the state in `state/<stack>.tfstate`
 */
export function addStateBackend(stack: TerraformStack, stateUrl: string | undefined): void {
  const name = stack.node.id;
  if (stateUrl === undefined) {
    new LocalBackend(stack, { path: `../../../state/${name}.tfstate` });
    return;
  }
  const address = `${stateUrl}/${name}`;
  new HttpBackend(stack, {
    address,
    lockAddress: `${address}/lock`,
    lockMethod: "POST",
    unlockAddress: `${address}/lock`,
    unlockMethod: "DELETE",
  });
}
