//! HTTP: API, tiles, pages.
