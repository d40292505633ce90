//! Files and functions that fit a reader.

use super::scan::{code_only, line_of, words};
use super::{Finding, Tree, extension};

/// Lines of a file past which it is split.
const MAX_FILE_LINES: usize = 800;

/// Lines of a file past which it wants a reason in [`LONG_FILES`].
const LONG_FILE_LINES: usize = 500;

/// Lines of a function's body: what fits a screen.
const MAX_FN_LINES: usize = 70;

/// Lines of a test function's body: a scenario is read from top to bottom.
const MAX_TEST_FN_LINES: usize = 120;

/// Files longer than [`LONG_FILE_LINES`], with the reason for leaving them in one piece.
const LONG_FILES: &[(&str, &str)] = &[];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| extension(path) == "rs") {
        findings.extend(file(path, text, LONG_FILES));
        findings.extend(functions(path, text));
    }
    findings
}

fn file(path: &str, text: &str, long_files: &[(&str, &str)]) -> Option<Finding> {
    let lines = text.lines().count();
    let reasoned = long_files.iter().any(|(long, _)| *long == path);
    let why = "a file is read in one sitting";
    if lines > MAX_FILE_LINES {
        let what = format!("{lines} lines, more than {MAX_FILE_LINES}");
        return Some(Finding::new(path, lines, what, why, "split it by meaning"));
    }
    if lines > LONG_FILE_LINES && !reasoned {
        let what = format!("{lines} lines, more than {LONG_FILE_LINES}");
        let fix = "split it, or give a reason in LONG_FILES of xtask/src/tidy/size.rs";
        return Some(Finding::new(path, lines, what, why, fix));
    }
    if lines <= LONG_FILE_LINES && reasoned {
        let fix = "remove its entry from LONG_FILES of xtask/src/tidy/size.rs";
        let what = format!("{lines} lines, and a reason for being long");
        return Some(Finding::new(
            path,
            1,
            what,
            "the list shows exceptions",
            fix,
        ));
    }
    None
}

fn functions(path: &str, text: &str) -> Vec<Finding> {
    let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
    let limit = if is_test {
        MAX_TEST_FN_LINES
    } else {
        MAX_FN_LINES
    };
    let code = code_only(text);
    let mut findings = Vec::new();
    for start in words(&code, "fn") {
        let Some((name, lines)) = function(&code[start..]) else {
            continue;
        };
        if lines > limit {
            let what = format!("`fn {name}` has a body of {lines} lines, more than {limit}");
            let why = "a function fits a screen";
            let fix = "name its parts and make them functions";
            findings.push(Finding::new(path, line_of(&code, start), what, why, fix));
        }
    }
    findings
}

/// Name and body length of the function whose `fn` starts this code; nothing for a type or a bodiless declaration.
fn function(code: &str) -> Option<(&str, usize)> {
    let after = code["fn".len()..].trim_start();
    let is_name = |character: char| character.is_alphanumeric() || "_#$".contains(character);
    let name = &after[..after.find(|c| !is_name(c)).unwrap_or(after.len())];
    if name.is_empty() {
        return None;
    }
    let mut nesting = 0_usize;
    let mut open = None;
    for (offset, byte) in code.bytes().enumerate() {
        match byte {
            // `[u8; 4]` in the signature ends no declaration.
            b'(' | b'[' => nesting += 1,
            b')' | b']' => nesting = nesting.saturating_sub(1),
            b';' if nesting == 0 => return None,
            b'{' if nesting == 0 => {
                open = Some(offset);
                break;
            }
            _ => {}
        }
    }
    let body = &code[open?..];
    let lines = line_of(body, closing_brace(body)?) - 1;
    Some((name, lines.saturating_sub(1)))
}

/// Offset of the brace that closes the one at the start.
fn closing_brace(body: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(offset);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::places;
    use super::*;

    fn lines(count: usize) -> String {
        "// a\n".repeat(count)
    }

    #[test]
    fn a_file_past_500_lines_wants_a_reason() {
        let reasons = [("a.rs", "a table")];
        assert_eq!(file("a.rs", &lines(500), &[]), None);
        assert!(file("a.rs", &lines(501), &[]).is_some());
        assert_eq!(file("a.rs", &lines(501), &reasons), None);
        assert!(
            file("a.rs", &lines(500), &reasons).is_some(),
            "a stale reason"
        );
    }

    #[test]
    fn no_reason_helps_past_800_lines() {
        let reasons = [("a.rs", "a table")];
        assert_eq!(file("a.rs", &lines(800), &reasons), None);
        assert!(file("a.rs", &lines(801), &reasons).is_some());
    }

    fn function_of(body_lines: usize) -> String {
        let line = "    // }\n    x(\"}\");\n";
        let odd = "    y();\n".repeat(body_lines % 2);
        format!(
            "\nfn f(a: [u8; 4]) {{\n{}{odd}}}\n",
            line.repeat(body_lines / 2)
        )
    }

    #[test]
    fn a_function_has_at_most_70_lines() {
        let found = |path, count| places(functions(path, &function_of(count)));
        assert!(found("crates/a/src/lib.rs", 70).is_empty());
        assert_eq!(found("crates/a/src/lib.rs", 71), ["crates/a/src/lib.rs:2"]);
        assert!(found("crates/a/tests/main.rs", 120).is_empty());
        assert_eq!(
            found("crates/a/tests/main.rs", 121),
            ["crates/a/tests/main.rs:2"]
        );
    }

    #[test]
    fn functions_are_told_from_types_and_declarations() {
        assert_eq!(function("fn(u8) -> u8"), None);
        assert_eq!(function("fn f(a: [u8; 2]);"), None);
        assert_eq!(function("fn f<T>() where T: A {}"), Some(("f", 0)));
        assert_eq!(function("fn f() {\n{\n}\n}"), Some(("f", 2)));
        assert_eq!(function("fn f() {"), None);
    }
}
