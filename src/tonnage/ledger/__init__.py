"""What was published when: raw store, ingest, build, vintages, calendar, reconciliation."""
