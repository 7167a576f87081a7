declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  /** The part of it that the tests use; its own types would bring those of a whole web framework. */
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    proxy: boolean;
    callback(): RequestListener;
  }
}
