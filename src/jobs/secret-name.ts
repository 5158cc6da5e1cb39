/** Matches the names of variables and attributes that hold a secret. It is alone here, so that `--version` does not load zod. */
export const SECRET_NAME = /TOKEN|PASSWORD|SECRET|PRIVATE_KEY|API_KEY/i;
