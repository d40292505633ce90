//! Transcripts: what the command prints, word for word; also documentation.

#[test]
fn transcripts_hold() {
    let cases = trycmd::TestCases::new();
    cases
        .register_bin("solferino", crate::support::bin().as_path())
        .env("COLUMNS", "100")
        .case("tests/snapshots/*.trycmd");
    cases.run();
}

#[test]
fn the_page_of_rules_is_what_the_command_prints() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md"))
        .unwrap();
    let printed =
        crate::support::run_in(std::path::Path::new("."), &["rules", "--markdown"]).code(0);
    assert_eq!(page, printed);
}
