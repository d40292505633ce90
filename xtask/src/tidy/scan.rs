//! Rust source without its comments and literals, so that the rules can look at code with plain string searches.

/// The source with every comment and the inside of every literal replaced by spaces.
///
/// Lines and byte offsets stay what they were, so a place found here is a place in the file.
pub(super) fn code_only(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = skip(bytes, at);
        match end {
            Some(end) => {
                blank(&mut code[at..end]);
                at = end;
            }
            // A whole word at a time: the `r` of `for` opens no raw string.
            None if is_word(bytes[at]) => {
                at += bytes[at..]
                    .iter()
                    .take_while(|byte| is_word(**byte))
                    .count();
            }
            None => at += 1,
        }
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// The end of the comment or literal that starts at `at`, if one does.
fn skip(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => Some(at + find(rest, b"\n").unwrap_or(rest.len())),
        [b'/', b'*', ..] => Some(at + block_comment(rest)),
        [b'"', ..] => Some(at + quoted(rest, 0)),
        [b'\'', ..] => character(rest).map(|length| at + length),
        [b'b', b'\'', ..] => character(&rest[1..]).map(|length| at + 1 + length),
        [b'r' | b'b' | b'c', ..] => string_with_prefix(rest).map(|length| at + length),
        _ => None,
    }
}

/// Length of `b"…"`, `c"…"`, `r#"…"#`, `br"…"` and the like.
fn string_with_prefix(rest: &[u8]) -> Option<usize> {
    let letters = rest.iter().take_while(|byte| is_word(**byte)).count();
    let prefix = &rest[..letters];
    if ![b"r".as_slice(), b"b", b"c", b"br", b"cr"].contains(&prefix) {
        return None;
    }
    let hashes = rest[letters..].iter().take_while(|byte| **byte == b'#');
    let hashes = hashes.count();
    let open = letters + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    if !prefix.ends_with(b"r") {
        return (hashes == 0).then(|| quoted(rest, open));
    }
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    let body = &rest[open + 1..];
    Some(find(body, &close).map_or(rest.len(), |end| open + 1 + end + close.len()))
}

/// Length of a string whose opening quote is at `open`; a backslash protects the next byte.
fn quoted(rest: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    rest.len().min(at + 1)
}

/// Length of a character literal; a lifetime is none.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        let close = rest.get(3..)?.iter().position(|byte| *byte == b'\'')?;
        return Some(3 + close + 1);
    }
    // One character, of up to four bytes, then the quote.
    let text = &rest[1..rest.len().min(6)];
    let first = match *text.first()? {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    (text.get(first) == Some(&b'\'')).then_some(first + 2)
}

/// Length of a block comment; they nest.
fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where `word` stands by itself, not as part of a longer name.
pub(super) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = text.as_bytes();
    let starts = text.match_indices(word).map(|(start, _)| start);
    starts.filter(move |start| {
        let end = start + word.len();
        let before = start
            .checked_sub(1)
            .is_some_and(|index| is_word(bytes[index]));
        let after = bytes.get(end).is_some_and(|byte| is_word(*byte));
        !before && (!after || word.ends_with('!'))
    })
}

/// The line of a byte offset, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(source: &str) -> String {
        let code = code_only(source);
        assert_eq!(code.len(), source.len(), "offsets stay");
        code.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_go_and_lines_stay() {
        assert_eq!(blanked("a // b {\nc"), "a c");
        assert_eq!(blanked("a /* { /* } */ { */ b"), "a b");
        assert_eq!(code_only("a /*\n*/ b").lines().count(), 2);
        assert_eq!(blanked("a / b"), "a / b");
    }

    #[test]
    fn literals_go() {
        assert_eq!(blanked(r#"x("{ \" } \\") y"#), "x( ) y");
        assert_eq!(blanked("x(r\"\\\") y"), "x( ) y");
        assert_eq!(
            blanked("x(r#\"a \" { \"#, br##\"}\"#\"##, b\"{\", c\"}\") y"),
            "x( , , , ) y"
        );
        assert_eq!(
            blanked("x('{', '\\'', b'}', '\\u{7b}', 'é') y"),
            "x( , , , , ) y"
        );
        assert_eq!(blanked("\"é // \" y"), "y");
    }

    #[test]
    fn lifetimes_labels_and_raw_names_stay() {
        assert_eq!(
            blanked("fn a<'a>(b: &'a str) {}"),
            "fn a<'a>(b: &'a str) {}"
        );
        assert_eq!(
            blanked("'outer: loop { r#type }"),
            "'outer: loop { r#type }"
        );
        assert_eq!(blanked("for x in y {}"), "for x in y {}");
    }

    #[test]
    fn what_is_not_closed_ends_with_the_file() {
        for source in ["\"a", "/* a", "r#\"a\"", "'\\", "'", "b'"] {
            assert_eq!(code_only(source).len(), source.len());
        }
    }

    #[test]
    fn a_word_stands_by_itself() {
        let found = |text, word| words(text, word).collect::<Vec<_>>();
        assert_eq!(found("tokio tokio_x xtokio (tokio)", "tokio"), [0, 22]);
        assert_eq!(found("std::fs std::fsx", "std::fs"), [0]);
        assert_eq!(found("dbg!(x) xdbg!(y)", "dbg!"), [0]);
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_of("a\nb", 0), 1);
        assert_eq!(line_of("a\nb", 2), 2);
    }
}
