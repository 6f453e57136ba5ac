/** What a key store holds: a key with its chain, or certificates to trust. */
export interface StoreContent {
  readonly key?: {
    readonly alias: string;
    /** PKCS#8 without encryption. */
    readonly pkcs8: Uint8Array;
    /** DER, the end entity first. */
    readonly chain: readonly Uint8Array[];
  };
  readonly trusted: readonly { readonly alias: string; readonly certificate: Uint8Array }[];
}
