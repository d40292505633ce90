//! Characters and words: white space, leftovers, and paths that mean something on one machine only.

use super::scan::{code_only, line_of, words};
use super::{Finding, Tree, extension};

/// Macros that mark unfinished or temporary code.
const LEFTOVER_MACROS: &[&str] = &["todo!", "unimplemented!", "dbg!"];

/// Marks in comments that somebody meant to come back to.
const LEFTOVER_WORDS: &[&str] = &["FIXME", "XXX", "TODO"];

/// Where [`LEFTOVER_WORDS`] are looked for; in prose and data they may be a subject.
const SOURCE: &[&str] = &["rs", "toml", "js", "mjs", "css", "html", "sql", "sh"];

/// Indented with spaces everywhere.
const NO_TABS: &[&str] = &["rs", "md", "toml"];

/// Folders whose files are exact bytes somebody signed, hashed or printed.
const EXACT_FOLDERS: &[&str] = &["vectors", "frozen", "corpus", "snapshots"];

/// Extensions of such files anywhere.
const EXACT_EXTENSIONS: &[&str] = &["snap", "stdout", "stderr"];

/// Words of one machine, of no use to anybody else.
const LOCAL_WORDS: &[&str] = &["/home/", "/root/", "/Users/"];

/// The rules have to name what they refuse.
const RULES: &str = "xtask/src/tidy/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        findings.extend(white_space(path, text));
        if !path.starts_with(RULES) {
            findings.extend(leftovers(path, text));
            findings.extend(local_words(path, text));
        }
    }
    findings
}

fn white_space(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if is_exact(path) || text.is_empty() {
        return findings;
    }
    let why = "it shows up as noise in later changes";
    for (index, line) in text.split('\n').enumerate() {
        if line.ends_with([' ', '\t', '\r']) {
            let fix = "remove it";
            findings.push(Finding::new(
                path,
                index + 1,
                "white space at the end of the line",
                why,
                fix,
            ));
        }
        if line.contains('\t') && NO_TABS.contains(&extension(path)) {
            let why = "its width is anybody's guess";
            findings.push(Finding::new(path, index + 1, "a tab", why, "use spaces"));
        }
    }
    if !text.ends_with('\n') {
        let what = "no newline at the end of the file";
        findings.push(Finding::new(
            path,
            text.lines().count(),
            what,
            why,
            "add it",
        ));
    }
    findings
}

fn is_exact(path: &str) -> bool {
    path.split('/').any(|part| EXACT_FOLDERS.contains(&part))
        || EXACT_EXTENSIONS.contains(&extension(path))
}

fn leftovers(path: &str, text: &str) -> Vec<Finding> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    if extension(path) == "rs" {
        let code = code_only(text);
        for word in LEFTOVER_MACROS {
            found.extend(words(&code, word).map(|at| (line_of(&code, at), *word)));
        }
    }
    if SOURCE.contains(&extension(path)) {
        for word in LEFTOVER_WORDS {
            found.extend(words(text, word).map(|at| (line_of(text, at), *word)));
        }
    }
    let finding = |(line, word)| {
        let why = "unfinished work is invisible in code";
        let fix = "finish it, or open an issue and say what is missing";
        Finding::new(path, line, format!("`{word}` left over"), why, fix)
    };
    found.into_iter().map(finding).collect()
}

fn local_words(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for word in LOCAL_WORDS {
        for (at, _) in text.match_indices(word) {
            let what = format!("`{word}` names a place outside this repository");
            let why = "nobody else has it";
            let fix = "say what was meant, or bring it into the tree";
            findings.push(Finding::new(path, line_of(text, at), what, why, fix));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::{places, tree};
    use super::*;

    #[test]
    fn lines_end_where_their_text_does() {
        assert!(white_space("a.md", "a\n\nb\n").is_empty());
        assert_eq!(places(white_space("a.md", "a\nb \n")), ["a.md:2"]);
        assert_eq!(places(white_space("a.md", "a\r\n")), ["a.md:1"]);
        assert_eq!(places(white_space("a.md", "a\nb")), ["a.md:2"]);
        assert!(white_space("a.md", "").is_empty());
    }

    #[test]
    fn tabs_are_refused_where_spaces_are_used() {
        assert_eq!(places(white_space("a.rs", "\ta\n")), ["a.rs:1"]);
        assert!(white_space("Makefile", "\ta\n").is_empty());
    }

    #[test]
    fn exact_bytes_are_left_alone() {
        assert!(white_space("crates/a/tests/vectors/note.txt", "a \nb").is_empty());
        assert!(white_space("a/b.stdout", "a ").is_empty());
        assert!(!white_space("crates/a/tests/vector.txt", "a ").is_empty());
    }

    #[test]
    fn leftovers_are_found_in_code_and_comments() {
        assert_eq!(places(leftovers("a.rs", "\ntodo!()")), ["a.rs:2"]);
        assert_eq!(
            places(leftovers("a.rs", "dbg!(x); unimplemented!()")).len(),
            2
        );
        assert!(leftovers("a.rs", "// no `todo!`\nlet s = \"dbg!\";").is_empty());
        assert_eq!(places(leftovers("a.mjs", "// FIXME: x")), ["a.mjs:1"]);
        assert!(leftovers("a.rs", "// XXXX, TODOs").is_empty());
        assert!(leftovers("a.md", "TODO").is_empty());
    }

    #[test]
    fn local_words_are_refused_everywhere_but_here() {
        let text = "see /home/x\n";
        let files = [("docs/a.md", text), ("xtask/src/tidy/text.rs", text)];
        assert_eq!(places(check(&tree(&files))), ["docs/a.md:1"]);
        assert!(local_words("a.md", "a at/home work/root\n").is_empty());
        assert_eq!(local_words("a.md", "/root/a /Users/b").len(), 2);
    }
}
