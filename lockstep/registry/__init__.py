"""Gates, champion, versions, lineage, model card."""
