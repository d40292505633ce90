//! Relative links of Markdown pages lead to tracked files.

use super::{Finding, Tree, extension, folder, resolve};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| extension(path) == "md") {
        for (line, target) in links(text) {
            let file = target.split(['#', '?']).next().unwrap_or("");
            let file = file.replace("%20", " ");
            let there = resolve(folder(path), &file).is_some_and(|file| tree.has(&file));
            if !there {
                let what = format!("the link to `{target}` leads nowhere");
                let why = "a reader follows it";
                let fix = "correct it, or add the file to git";
                findings.push(Finding::new(path, line, what, why, fix));
            }
        }
    }
    findings
}

/// Relative link targets with their lines; code is not looked at.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => found.extend(line_links(line).map(|target| (index + 1, target))),
        }
    }
    found.retain(|(_, target)| is_relative(target));
    found
}

/// `[text](target)`, `![text](target "title")` and `[name]: target` of one line.
fn line_links(line: &str) -> impl Iterator<Item = &str> {
    let is_code = move |at: usize| line[..at].matches('`').count() % 2 == 1;
    let inline = line.match_indices("](");
    let inline = inline.filter(move |(at, _)| !is_code(*at));
    let inline = inline.map(|(at, _)| first_word(&line[at + 2..]));
    let definition = line.trim_start().strip_prefix('[');
    let definition = definition.and_then(|rest| rest.split_once("]: "));
    let definition = definition.filter(|(name, _)| !name.contains([']', '^']));
    inline.chain(definition.map(|(_, target)| first_word(target)))
}

/// The target without its title, closing parenthesis or angle brackets.
fn first_word(rest: &str) -> &str {
    if let Some(rest) = rest.strip_prefix('<') {
        return rest.split('>').next().unwrap_or("");
    }
    let mut depth = 0_usize;
    let end = rest.find(|c: char| {
        let closes = c == ')' && depth == 0;
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        closes || c.is_whitespace()
    });
    &rest[..end.unwrap_or(rest.len())]
}

/// Neither another site, nor a place on the same page, nor a path of a server.
fn is_relative(target: &str) -> bool {
    let scheme = target.split(['/', '#']).next().unwrap_or("");
    !target.is_empty() && !target.starts_with(['#', '/']) && !scheme.contains(':')
}

#[cfg(test)]
mod tests {
    use super::super::tests::{places, tree};
    use super::*;

    fn broken(text: &str) -> Vec<String> {
        let files = [
            ("docs/a.md", text),
            ("docs/b (1).md", ""),
            ("README.md", ""),
        ];
        places(check(&tree(&files)))
    }

    #[test]
    fn a_link_leads_to_a_tracked_file() {
        assert!(broken("[r](../README.md) [a](a.md#top) ![d](../docs \"title\")\n").is_empty());
        assert_eq!(broken("\n[x](x.md)\n"), ["docs/a.md:2"]);
        assert_eq!(broken("[x](../../README.md)\n"), ["docs/a.md:1"]);
        assert_eq!(broken("[a](a.md) and [x](x.md)\n"), ["docs/a.md:1"]);
        assert!(broken("[b](b%20(1).md) [b](<b (1).md>)\n").is_empty());
    }

    #[test]
    fn definitions_are_links_and_footnotes_are_not() {
        assert_eq!(broken("[x]: x.md\n"), ["docs/a.md:1"]);
        assert!(broken("[a]: a.md\n[^1]: a note\n").is_empty());
    }

    #[test]
    fn other_sites_anchors_and_code_are_left_alone() {
        assert!(
            broken("[w](https://example.org/x) [m](mailto:a@b) [h](#here) [s](/api)\n").is_empty()
        );
        assert!(broken("`[x](x.md)`\n```\n[x](x.md)\n~~~\n```\n").is_empty());
        assert_eq!(broken("```\n```\n[x](x.md)\n"), ["docs/a.md:3"]);
    }
}
