import "@microsoft/ccf-app/global.js";

/** What the `ccf` object has for a constitution only. */
declare module "@microsoft/ccf-app/global.js" {
  interface CCF {
    /** SHA-256 of the DER of a PEM certificate, lower-case hex: the id of its member or user. */
    pemToId(certificate: string): string;
    /** The meaning of a raw TCB version (16 hex digits) on a processor model (CPUID, 8 hex digits). @throws for unknown models */
    tcbHexToPolicy(
      cpuid: string,
      tcbVersion: string,
    ): { hexstring?: string } & Record<string, string | number>;

    readonly gov: {
      /** @throws when the text is no module that exports validate, resolve and apply with their parameters */
      validateConstitution(text: string): true;
    };

    // The rest exists in `apply` only.

    readonly node: {
      triggerLedgerRekey(): void;
      triggerRecoverySharesRefresh(): void;
      triggerLedgerChunk(): void;
      triggerSnapshot(): void;
      /** PEM certificates as UTF-8. */
      transitionServiceToOpen(previousIdentity: ArrayBuffer | undefined, nextIdentity: ArrayBuffer): void;
    };

    readonly network: {
      getLatestLedgerSecretSeqno(): number;
      generateEndorsedCertificate(signingRequest: string, validFrom: string, validityDays: number): string;
      generateNetworkCertificate(validFrom: string, validityDays: number): string;
    };

    setJwtPublicSigningKeys(issuer: string, metadata: object, keySet: object): void;
    removeJwtPublicSigningKeys(issuer: string): void;
    /** Compiles all modules of the application. @throws when one does not compile */
    refreshAppBytecodeCache(): void;
  }
}
