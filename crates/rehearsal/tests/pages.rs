//! Pages that are printed from the code. `UPDATE=1 cargo test` rewrites them.

use std::path::Path;

pub(crate) fn same(page: &str, printed: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(page);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, printed).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == printed,
        "{} differs from the code; run UPDATE=1 cargo test -p solferino-rehearsal",
        path.display()
    );
}

#[test]
fn rules_page_is_the_table() {
    same("rules.md", &record::table::markdown());
}
