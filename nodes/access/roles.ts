/** From who may only look to who may do everything. */
export const roles = ['viewer', 'operator', 'owner'] as const;
export type Role = (typeof roles)[number];

export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}

export function atLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** @returns the highest of them */
export function highest(given: readonly Role[]): Role | undefined {
  return [...roles].reverse().find((role) => given.includes(role));
}

/** Node-RED's scopes of the editor: viewers work with the pages alone. */
export function editorPermissions(role: Role): string[] {
  switch (role) {
    case 'owner':
      return ['*'];
    case 'operator':
      return ['read'];
    case 'viewer':
      return [];
  }
}
