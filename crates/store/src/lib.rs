//! A record as a folder: durable log, vault of exhibits, SQL views.
