"""Money coming in and going back: the gateway protocol, the ledger, reconciliation, one file a provider."""
