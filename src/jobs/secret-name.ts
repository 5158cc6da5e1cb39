/**
 * Matches the names of variables and attributes with a secret. This module has no imports, so `--version` does not load
 * zod.
 */
export const SECRET_NAME = /TOKEN|PASSWORD|SECRET|PRIVATE_KEY|API_KEY/i;
